"""Finding the account that a typed username means."""

from accounts.models import User


def find(username: str) -> User | None:
    """The account, whatever capitals were typed; the exact spelling wins if two differ in nothing else."""
    found = list(User.objects.select_related("office").filter(username__iexact=username))
    return min(found, key=lambda user: user.username != username, default=None)
