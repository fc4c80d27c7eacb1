"""Where the watch and the inbox stand in the navigation and on the home pages."""

from accounts.models import User
from audit.log import Subject, record
from sen import home
from sen.home import Action, Block, Home
from sen.ui import inbox_count, navigation
from watch import inboxes
from watch.reach import waiting_count

ON_HOME = 5


def register() -> None:
    navigation.add(label="The queue", url_name="watch:queue", permission="review_reports", icon="list", order=10)
    navigation.add(
        label="Inbox", url_name="watch:inbox", permission="acknowledge", icon="mail_outline", order=12, count=waiting
    )
    inbox_count.set(waiting)
    home.register(Home(permission="review_reports", order=1, blocks=lambda user: [], instead="watch:queue"))
    # Written out: no address can be looked up before all apps are ready.
    open_oldest = Action("Open the oldest unacknowledged", "/inbox/oldest/", "mail_outline")
    home.register(
        Home(
            permission="acknowledge",
            order=20,
            blocks=blocks,
            action=open_oldest,
            waits=lambda user: waiting(user) > 0,
        )
    )


def waiting(user: User) -> int:
    """Counted once a request: the header and the navigation show the same."""
    if "_waiting" not in user.__dict__:
        user.__dict__["_waiting"] = waiting_count(user)
    return int(user.__dict__["_waiting"])


def blocks(user: User) -> list[Block]:
    letters = inboxes.open_letters(user, most=ON_HOME)[:ON_HOME]
    if letters:
        record("inbox.viewed", by=user, on=Subject("inbox", "", "inbox"), count=len(letters))
    more = waiting(user) - len(letters)
    return [Block("What you must acknowledge", "watch/home_inbox.html", {"letters": letters, "more": more})]
