"""Addresses of the watch and of the inbox. None carries personal data: searches are rows that an opaque id names."""

from django.urls import path

from watch.views import inbox, queue, release, summaries

app_name = "watch"

urlpatterns = [
    path("watch/", queue.queue, name="queue"),
    path("watch/rows/", queue.rows, name="rows"),
    path("watch/search/", queue.search, name="search"),
    path("watch/summaries/<uuid:summary_id>/", summaries.summary, name="summary"),
    path("watch/summaries/<uuid:summary_id>/versions/", summaries.versions, name="versions"),
    path("watch/summaries/<uuid:summary_id>/release/", release.release, name="release"),
    path("watch/<str:number>/summary/", summaries.write, name="write"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/oldest/", inbox.oldest, name="oldest"),
    path("inbox/<uuid:notice_id>/acknowledge/", inbox.acknowledge, name="acknowledge"),
]
