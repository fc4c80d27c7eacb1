"""Addresses of reports. None carries personal data: searches are rows that an opaque id names."""

from django.urls import path

from reports.views import (
    board,
    check,
    deconfliction,
    drafts,
    filed,
    historical,
    listing,
    newest,
    parts,
    readers,
    relations,
    rows,
    versions,
)

app_name = "reports"

urlpatterns = [
    path("", listing.listing, name="listing"),
    path("search/", listing.search, name="search"),
    path("new/", drafts.choose, name="choose"),
    path("new/<slug:kind>/", drafts.new, name="new"),
    path("drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<uuid:draft_id>/check/", check.check, name="check"),
    path("drafts/<uuid:draft_id>/submit/", check.submit, name="submit"),
    path("drafts/<uuid:draft_id>/discard/", drafts.discard, name="discard"),
    path("drafts/<uuid:draft_id>/newest/", newest.newest, name="newest"),
    path("drafts/<uuid:draft_id>/<slug:part>/", parts.part, name="part"),
    path("drafts/<uuid:draft_id>/<slug:part>/add/", rows.add_row, name="add_row"),
    path("drafts/<uuid:draft_id>/<slug:part>/<uuid:key>/", rows.row, name="row"),
    path("drafts/<uuid:draft_id>/<slug:part>/<uuid:key>/remove/", rows.remove_row, name="remove_row"),
    path("drafts/<uuid:draft_id>/<slug:part>/<uuid:key>/restore/", rows.restore_row, name="restore_row"),
    path("board/", board.board, name="board"),
    path("review/", board.review, name="review"),
    path("historical/", historical.historical_list, name="historical_list"),
    path("historical/search/", historical.historical_search, name="historical_search"),
    path("historical/<uuid:pk>/", historical.historical_report, name="historical_report"),
    path("deconfliction/", deconfliction.deconfliction, name="deconfliction"),
    path("deconfliction/<uuid:match_id>/", deconfliction.match, name="match"),
    path("deconfliction/<uuid:match_id>/take-up/", deconfliction.match_take_up, name="match_take_up"),
    path("deconfliction/<uuid:match_id>/settle/", deconfliction.match_settle, name="match_settle"),
    path("<str:number>/", filed.detail, name="detail"),
    path("<str:number>/amend/", filed.amend, name="amend"),
    path("<str:number>/moves/<slug:move>/", filed.move, name="move"),
    path("<str:number>/start/<slug:start>/", filed.start, name="start"),
    path("<str:number>/acknowledge/<uuid:notice_id>/", filed.acknowledge, name="acknowledge"),
    path("<str:number>/versions/", versions.versions, name="versions"),
    path("<str:number>/versions/<int:version>/", versions.version, name="version"),
    path("<str:number>/versions/compare/", versions.compare, name="compare"),
    path("<str:number>/relations/", relations.relations, name="relations"),
    path("<str:number>/relations/<uuid:relation_id>/unlink/", relations.unlink, name="unlink"),
    path("<str:number>/readers/", readers.readers, name="readers"),
    # A number, not the username: an address is kept in logs and histories, and a username names a person.
    path("<str:number>/readers/<int:pk>/remove/", readers.remove, name="remove_reader"),
]
