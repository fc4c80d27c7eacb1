"""What is typed when somebody leaves."""

from django.http import QueryDict

from accounts import leaving
from accounts.forms import PersonChoice, ReasonForm
from accounts.models import User


class OffboardForm(ReasonForm):
    """Why, and who takes over the drafts."""

    drafts_to = PersonChoice(
        queryset=User.objects.none(),
        required=False,
        label="Supervisor who takes over the drafts",
        help_text="Empty: the supervisor on record.",
    )

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, needed="Say why this person leaves.")
        drafts_to = self.fields["drafts_to"]
        assert isinstance(drafts_to, PersonChoice)  # noqa: S101 - tells the type checker
        drafts_to.queryset = User.objects.filter(leaving.heirs(user)).order_by("name", "username")
        if drafts_to.queryset.filter(pk=user.supervisor_id or 0).exists():
            drafts_to.initial = user.supervisor_id
        self.order_fields(["reason", "drafts_to"])
