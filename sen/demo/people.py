"""Who acts in the demonstration: some seventy invented people over every role, found again by role and office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actions, rules, training
from accounts.models import Office, User
from accounts.roles import Role
from sen.demo.places import BY_CODE, SITES

PASSWORD = "significant events"  # noqa: S105 - public on purpose: invented people on an invented site


@dataclass(frozen=True)
class Member:
    """One invented person: a role at an office, and further roles where the first alone opens little."""

    username: str
    name: str
    role: Role
    office: str
    also: tuple[Role, ...] = ()


# The first of each role: the sign-ins that the site offers. Those who meet in one story work in Miami.
LEADS: tuple[Member, ...] = (
    Member("agent", "Dana Whitlock", Role.FIELD_HSI, "MIA"),
    Member("officer", "Marcus Tennant", Role.FIELD_ERO, "MIF"),
    Member("supervisor", "Renata Coleridge", Role.SUPERVISOR, "MIA"),
    Member("sac", "Harold Vasquez-Lund", Role.SAC, "MIA"),
    Member("fod", "Imogen Prather", Role.FOD, "MIF"),
    Member("fig", "Theo Abernathy", Role.FIG, "MIA"),
    Member("analyst", "Priya Halloran", Role.JIOC, "JIOC"),
    Member("intel", "Soren Delacroix", Role.INTEL, "HQ"),
    Member("hq", "Beatrice Oyelaran", Role.HQ_USER, "HQ"),
    Member("duty", "Gideon Marsh", Role.HQ_DUTY_MANAGER, "HQ"),
    Member("sco", "Paula Kestrel", Role.SCO, "HQ"),
    Member("acm", "Winston Adeyemi", Role.ACM, "HQ"),
    Member("auditor", "Clara Nightingale-Ross", Role.AUDITOR, "HQ"),
    Member("privacy", "Edmund Sallow", Role.PRIVACY_OFFICER, "HQ"),
    Member("historian", "Judith Farrow", Role.HISTORICAL_READER, "HQ"),
    Member("ssn-reader", "Owen Bracken", Role.SSN_READER, "HQ", also=(Role.INTEL,)),
    Member("administrator", "Lucille Pemberton", Role.ADMINISTRATOR, "HQ"),
)

_MORE: tuple[tuple[Role, str, str], ...] = (
    (Role.JIOC, "Noor Ashdown", "JIOC"),
    (Role.JIOC, "Felix Brannigan", "JIOC"),
    (Role.JIOC, "Tamsin Okoro", "JIOC"),
    (Role.SUPERVISOR, "Victor Lindqvist", "MIF"),
    (Role.FIG, "Marisol Thackeray", "HOU"),
    (Role.SAC, "Conrad Ellery", "ATL"),
    (Role.SAC, "Yvonne Castellan", "NYC"),
    (Role.SAC, "Desmond Hartwell", "CHI"),
    (Role.SAC, "Adela Montrose", "HOU"),
    (Role.SAC, "Barnaby Quill", "SNA"),
    (Role.SAC, "Xiomara Bright", "PHX"),
    (Role.SAC, "Lionel Strand", "LAX"),
    (Role.SAC, "Greta Okonkwo", "SEA"),
    (Role.SAC, "Kimo Averill", "HNL"),
    (Role.FOD, "Roland Pike", "HOF"),
    (Role.FOD, "Serena Duarte-Vale", "PXF"),
    (Role.FOD, "Malcolm Irving-Sato", "LAF"),
    (Role.FIELD_HSI, "Jonah Merriweather", "MIA"),
    (Role.FIELD_HSI, "Alicia Fenwick", "ATL"),
    (Role.FIELD_HSI, "Dominic Sharpe", "NYC"),
    (Role.FIELD_HSI, "Colleen Varga", "BOS"),
    (Role.FIELD_HSI, "Reuben Hale", "DET"),
    (Role.FIELD_HSI, "Natasha Corwin", "CHI"),
    (Role.FIELD_HSI, "Thaddeus Boone", "NOL"),
    (Role.FIELD_HSI, "Esperanza Holt", "HOU"),
    (Role.FIELD_HSI, "Curtis Ballard", "SNA"),
    (Role.FIELD_HSI, "Ivy Salcedo", "ELP"),
    (Role.FIELD_HSI, "Wesley Thorne", "DEN"),
    (Role.FIELD_HSI, "Amara Lockhart", "PHX"),
    (Role.FIELD_HSI, "Silas Nakata", "SDG"),
    (Role.FIELD_HSI, "Josephine Reyes-Cole", "LAX"),
    (Role.FIELD_HSI, "Anders Whitaker", "SEA"),
    (Role.FIELD_HSI, "Leilani Brook", "HNL"),
    (Role.FIELD_HSI, "Perry Longacre", "LRD"),
    (Role.FIELD_HSI, "Simone Arroyo", "NOG"),
    (Role.FIELD_HSI, "Hank Tolliver", "ANC"),
    (Role.FIELD_HSI, "Rosalind Cruz-Mays", "GUM"),
    (Role.FIELD_ERO, "Byron Ketteridge", "NWF"),
    (Role.FIELD_ERO, "Odette Ramsay", "CHF"),
    (Role.FIELD_ERO, "Julius Fontaine", "HOF"),
    (Role.FIELD_ERO, "Mireya Standish", "EPF"),
    (Role.FIELD_ERO, "Calvin Rook", "PXF"),
    (Role.FIELD_ERO, "Bernadette Lowell", "LAF"),
    # Whoever approves the plans and leads of the other offices.
    (Role.SAC, "Ansel Whitfield", "BOS"),
    (Role.SAC, "Dorothea Vance", "DET"),
    (Role.SAC, "Emile Broussard", "NOL"),
    (Role.SAC, "Ramona Iturbe", "ELP"),
    (Role.SAC, "Stuart Penhallow", "DEN"),
    (Role.SAC, "Vivian Okafor-Dean", "SDG"),
    (Role.FOD, "Lorcan Metcalf", "NWF"),
    (Role.FOD, "Patience Wexler", "CHF"),
    (Role.FOD, "Isidro Calloway-Paz", "EPF"),
)


def _username(name: str) -> str:
    first, _, last = name.lower().replace("-", "").partition(" ")
    return f"{first[0]}.{last}"


CAST: tuple[Member, ...] = LEADS + tuple(Member(_username(name), name, role, office) for role, name, office in _MORE)


def make_offices() -> None:
    """Add the offices that are missing."""
    offices = {office.code: office for office in Office.objects.all()}
    for site in SITES:
        if site.code not in offices:
            offices[site.code] = actions.add_office(
                by=None,
                code=site.code,
                name=site.name,
                kind=Office.Kind(site.kind),
                parent=offices[site.parent],
                programme=site.programme,
                time_zone=site.zone,
            )


def invented() -> QuerySet[User]:
    return User.objects.filter(is_demonstration=True, username__in=[member.username for member in CAST])


def make_people() -> None:
    """Add the people who are missing, bosses first, with one shared hash: one for each would take half a minute."""
    known = {user.username: user for user in invented()}
    missing = [member for member in CAST if member.username not in known]
    if not missing:
        return
    offices = {office.code: office for office in Office.objects.all()}
    shared = next((user.password for user in known.values()), "") or make_password(PASSWORD)
    for member in sorted(missing, key=_rank):
        known[member.username] = _make(member, offices[member.office], shared, known)


def _rank(member: Member) -> int:
    order = (Role.SAC, Role.FOD, Role.SUPERVISOR)
    return order.index(member.role) if member.role in order else len(order)


def _make(member: Member, office: Office, shared: str, known: dict[str, User]) -> User:
    number = CAST.index(member)
    area = BY_CODE[office.code].area_code if office.code in BY_CODE else "202"
    user = actions.add_user(
        by=None,
        password_hash=shared,
        username=member.username,
        person_key=f"D{number:05d}",
        name=member.name,
        email=f"{member.username}@example.gov",
        phone=f"{area}-555-01{number:02d}",
        programme=office.programme,
        office=office,
        supervisor=_boss(member, office, known),
        status=User.Status.ACTIVE,
        is_demonstration=True,
    )
    actions.accept_rules(by=user, version=rules.VERSION)
    training.record_training(user, completed_on=_trained_on(member), evidence="Course of the year", by=None)
    until = timezone.now() + timedelta(days=365)
    for role in (member.role, *member.also):
        actions.grant_role(user=user, role=role, office=office, until=until, by=None)
    return user


def _trained_on(member: Member) -> date:
    """Today; but of one person, whose sign-in the site does not offer, so long ago that it ends soon."""
    return timezone.localdate() - timedelta(days=340 if member.username == "p.longacre" else 0)


def _boss(member: Member, office: Office, known: dict[str, User]) -> User | None:
    """A field agent answers to the supervisor of the office, else to its SAC or FOD; a supervisor to the latter."""
    roles = {
        Role.FIELD_HSI: (Role.SUPERVISOR, Role.SAC),
        Role.FIELD_ERO: (Role.SUPERVISOR, Role.FOD),
        Role.SUPERVISOR: (Role.SAC, Role.FOD),
    }.get(member.role, ())
    parent = BY_CODE[office.code].parent if office.code in BY_CODE else ""
    for role in roles:
        for other in CAST:
            if other.role == role and other.office in (office.code, parent) and other.username in known:
                return known[other.username]
    return None


class Cast:
    """The demonstration people as rows, by role and office. Made once for each run."""

    def __init__(self) -> None:
        self.users = {user.username: user for user in invented().select_related("office", "supervisor")}
        self.offices = {office.code: office for office in Office.objects.all()}
        self.authors = self.having(Role.FIELD_HSI) + self.having(Role.FIELD_ERO)
        self.analysts = self.having(Role.JIOC)
        self.weights = [weight_of(user.office.code if user.office else "") for user in self.authors]

    def having(self, role: Role, office: str = "") -> list[User]:
        return [
            self.users[member.username]
            for member in CAST
            if member.role == role and member.username in self.users and office in ("", member.office)
        ]

    def overseer(self, office: Office) -> User | None:
        """Who may void a report of this office: its supervisor, else its SAC or FOD, or those of the office above."""
        parent = BY_CODE[office.code].parent
        for code in (office.code, parent):
            for role in (Role.SUPERVISOR, Role.SAC, Role.FOD):
                if found := self.having(role, code):
                    return found[0]
        return None


def weight_of(code: str) -> int:
    """How much an office has to report: the border and the big ports more than the rest."""
    return {"MIA": 4, "ELP": 4, "SNA": 3, "HOU": 3, "SDG": 4, "NYC": 3, "LAX": 3, "LRD": 3, "NOG": 3, "GUM": 1}.get(
        code, 2
    )
