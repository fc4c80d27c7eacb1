"""The mutants: small wrong changes to what decides who may see and do what, each with the tests that should see it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accounts.roles import APART, GRANTS, SECOND_FACTOR_ROLES, Reach
from sen.postgres import CHECKOUT

TABLES = "tests/access/test_grants_table.py"
GATE = "tests/accounts/test_gate.py"
PEOPLE = ("tests/accounts/test_apart.py", "tests/accounts/test_people.py", "tests/accounts/test_role_pages.py")
VISIBLE = ("tests/reports/test_visibility.py", "tests/reports/test_readers.py", "tests/reports/test_outside.py")
REVOKED = ("tests/access/test_remembered.py", "tests/access/test_revocation.py", "tests/access/test_at_once.py")
OUTSIDE = (
    "tests/access/test_outside_terms.py",
    "tests/reports/test_outside.py",
    "tests/reports/test_outside_review.py",
)
DECISIONS = "tests/access/test_decision_terms.py"
MOVES = ("tests/reports/test_moves.py", "tests/reports/test_approval.py", "tests/reports/test_tav.py")

# Where it is decided: file -> the functions whose terms are mutated ("" for all of them), and the tests, likely first.
PREDICATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reports/models/report.py": (
        ("visible", "_opened_by_rule"),
        (*VISIBLE, "tests/ileads/test_pass_on.py", "tests/access/test_consistency.py"),
    ),
    "accounts/access.py": (
        (
            "somewhere",
            "at",
            "rights_of",
            "may",
            "hold",
            "run",
            "recompute",
            "rows_of",
            "_rows_of",
            "verdict",
            "requires",
        ),
        (TABLES, GATE, "tests/access/test_grant_terms.py", *REVOKED, *PEOPLE),
    ),
    "accounts/readiness.py": (
        ("",),
        (GATE, "tests/accounts/test_checklist.py", "tests/accounts/test_second_factors.py"),
    ),
    "accounts/middleware.py": (
        ("process_view", "_let_through", "declared"),
        (GATE, "tests/accounts/test_checklist.py", "tests/accounts/test_sessions.py"),
    ),
    "accounts/actions.py": (
        ("require", "grant_role", "_lock_accounts", "_refuse_again", "refuse_together", "revoke_role"),
        ("tests/access/test_grant_terms.py", *PEOPLE, *REVOKED),
    ),
    "accounts/single_sign_on.py": (
        ("take", "known_as", "may_link", "link", "unlink"),
        ("tests/accounts/test_single_sign_on.py",),
    ),
    "accounts/identity_provider.py": (
        ("_check_claims", "_public_keys", "_address"),
        ("tests/accounts/test_single_sign_on.py",),
    ),
    "accounts/requests.py": (
        ("may_endorse", "may_grant", "may_refuse", "may_withdraw"),
        ("tests/accounts/test_requests.py", "tests/accounts/test_import_users.py"),
    ),
    "reports/outside.py": (("",), OUTSIDE),
    "reports/models/outside.py": (("opening_to",), OUTSIDE),
    "reports/workflow.py": (
        ("may_move", "_state_allows", "allowed"),
        ("tests/access/test_move_terms.py", DECISIONS, *MOVES),
    ),
    "reports/writers.py": (("",), (DECISIONS, *MOVES)),
    "reports/decisions.py": (("",), (DECISIONS, *MOVES, "tests/reports/test_homes.py")),
    "reports/approval.py": (("",), ("tests/access/test_approval_terms.py", *MOVES)),
    "reports/protection.py": (("",), ("tests/reports/test_confidential.py", "tests/ileads/test_provider.py")),
    "ileads/dissemination.py": (("may_pass_on", "may_take_back"), ("tests/ileads/test_pass_on.py",)),
    "watch/reach.py": (
        ("",),
        (
            "tests/access/test_inbox_terms.py",
            "tests/watch/test_inbox.py",
            "tests/watch/test_summary.py",
        ),
    ),
}
# Where the same person is told by their key, wherever that is; the tests of each file not named above.
SAME_PERSON = {
    "accounts/training.py": ("tests/accounts/test_training.py",),
    "accounts/campaigns.py": ("tests/accounts/test_campaigns.py",),
    "accounts/campaign_reach.py": ("tests/accounts/test_campaigns.py",),
    "accounts/leaving.py": ("tests/accounts/test_leaving.py",),
    "accounts/second_factors.py": ("tests/accounts/test_second_factors.py",),
    "accounts/open_sessions.py": ("tests/accounts/test_open_sessions.py", "tests/accounts/test_sessions.py"),
    "accounts/access_mail.py": ("tests/accounts/test_requests.py",),
    "reports/actions/outside.py": ("tests/reports/test_outside.py",),
    "ileads/dissemination.py": ("tests/ileads/test_pass_on.py",),
    "accounts/views/people.py": PEOPLE,
}


@dataclass(frozen=True)
class Mutant:
    """One wrong change: in `path`, what stands from `start` to `end` becomes `text`."""

    name: str
    path: str
    start: int
    end: int
    text: str
    tests: tuple[str, ...]

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


@cache
def source_of(path: str) -> bytes:
    return (CHECKOUT / path).read_bytes()


@cache
def _starts(path: str) -> tuple[int, ...]:
    """Where each line starts, in bytes: the syntax tree counts so."""
    found, at = [], 0
    for line in source_of(path).splitlines(keepends=True):
        found.append(at)
        at += len(line)
    return tuple(found)


def _span(path: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    starts = _starts(path)
    return starts[node.lineno - 1] + node.col_offset, starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


def _text(path: str, node: ast.expr) -> str:
    start, end = _span(path, node)
    return source_of(path)[start:end].decode()


def mutants() -> list[Mutant]:
    """All of them, in a steady order, each once."""
    makers: tuple[Callable[[], Iterator[Mutant]], ...] = (
        grants,
        apart,
        second_factors,
        needs,
        views,
        statements,
        terms,
    )
    found = {(one.path, one.start, one.end, one.text): one for make in makers for one in make()}
    return list(found.values())


def _there(*tests: str) -> tuple[str, ...]:
    return tuple(test for test in tests if (CHECKOUT / test.partition("::")[0]).exists())


# -- The table of roles -----------------------------------------------------------------------------------------------
ROLES = "accounts/roles.py"
AFTER_GRANTS = b"# Who holds one of these proves"


def _line(name: str, at: int, line: str, what: str) -> Mutant:
    return Mutant(name, ROLES, at, at, f"{line}\n", (f"{TABLES}::{what}",))


def grants() -> Iterator[Mutant]:
    """Each permission of each role taken away, reaching further or less far, and without its programme."""
    at, test = source_of(ROLES).index(AFTER_GRANTS), "test_each_role_opens_what_the_table_of_grants_says"
    other = {Reach.OWN: Reach.OFFICE, Reach.OFFICE: Reach.ALL, Reach.ALL: Reach.OFFICE}
    for role, permissions in GRANTS.items():
        table = f"GRANTS[Role.{role.name}]"
        for name, grant in permissions.items():
            less = f'{table} = {{k: g for k, g in {table}.items() if k != "{name}"}}'
            yield _line(f"{role} without {name}", at, less, test)
            reach = other[grant.reach].name
            more = f'{table} = {{**{table}, "{name}": Grant(Reach.{reach}, "{grant.programme}")}}'
            yield _line(f"{role}: {name} reaches {reach}", at, more, test)
            if grant.programme:
                free = f'{table} = {{**{table}, "{name}": Grant(Reach.{grant.reach.name})}}'
                yield _line(f"{role}: {name} in every programme", at, free, test)


def apart() -> Iterator[Mutant]:
    for pair in APART:
        names = ", ".join(sorted(f"Role.{role.name}" for role in pair))
        line = f"\nAPART = tuple(pair for pair in APART if pair != frozenset({{{names}}}))"
        end = len(source_of(ROLES))
        yield _line(f"{names} together", end, line, "test_roles_are_held_apart_as_the_table_says")


def second_factors() -> Iterator[Mutant]:
    for role in sorted(SECOND_FACTOR_ROLES):
        line = f"\nSECOND_FACTOR_ROLES = SECOND_FACTOR_ROLES - {{Role.{role.name}}}"
        end = len(source_of(ROLES))
        yield _line(f"{role} with a password alone", end, line, "test_the_roles_that_prove_with_a_second_factor")


def needs() -> Iterator[Mutant]:
    """Each thing that must be in order, no longer asked."""
    path = "accounts/readiness.py"
    for node in ast.walk(ast.parse(source_of(path))):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Tuple):
            for one in node.value.elts:
                start, end = _span(path, one)
                tests = (f"{TABLES}::test_what_must_be_in_order_is_asked_in_this_order", GATE)
                yield Mutant(f"no need at line {one.lineno}", path, start, end, "*()", tests)


# -- What the views declare -------------------------------------------------------------------------------------------
ACCESS = '__import__("accounts.access", fromlist=["access"])'


def views() -> Iterator[Mutant]:
    """Each declaration weaker, narrower, of another permission; one of several permissions taken away."""
    test = (f"{TABLES}::test_each_view_is_reached_by_whom_the_table_of_views_says",)
    for file in sorted(CHECKOUT.glob("*/views/*.py")) + sorted(CHECKOUT.glob("*/views.py")):
        path = str(file.relative_to(CHECKOUT))
        for node in ast.walk(ast.parse(source_of(path))):
            for mark in getattr(node, "decorator_list", []):
                for to, text in _weaker(mark):
                    yield Mutant(f"{path} {getattr(node, 'name', '')}: {to}", path, *_span(path, mark), text, test)


def _weaker(mark: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(mark, ast.Name) and mark.id in {"signed_in", "public"}:
        other = {"signed_in": "public", "public": "signed_in"}[mark.id]
        yield other, f"{ACCESS}.{other}"
    if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "requires":
        names = [str(one.value) for one in mark.args if isinstance(one, ast.Constant)]
        yield "anyone signed in", f"{ACCESS}.signed_in"
        swapped = "run_privacy" if names[:1] != ["run_privacy"] else "read_audit"
        yield (
            f"{swapped} for {(names or ['all'])[0]}",
            f"{ACCESS}.requires({', '.join(repr(n) for n in [swapped, *names[1:]])})",
        )
        if len(names) > 1:
            for name in names:
                kept = ", ".join(repr(other) for other in names if other != name)
                yield f"without {name}", f"{ACCESS}.requires({kept})"


# -- Statements: what the database is asked, as text ------------------------------------------------------------------
STATEMENTS: tuple[tuple[str, str, str], ...] = (
    ("accounts/access.py", "held.user_id = %s", "(held.user_id = %s OR true)"),
    ("accounts/access.py", "held.until > %s", "(held.until > %s OR true)"),
    ("accounts/access.py", "bool_or(base.parent_id IS NULL)", "true"),
    ("accounts/access.py", "bool_or(base.parent_id IS NULL)", "false"),
    ("accounts/access.py", "below.above_id = base.id", "true"),
    ("accounts/access.py", "unnest(string_to_array(trim(BOTH '/' FROM path), '/'))::bigint", "id"),
    ("accounts/access.py", "min(held.until)", "max(held.until)"),
    ("accounts/access.py", "if own(permission) in rights.offices", "if permission in rights.offices"),
    ("accounts/access.py", "WHERE id = %s FOR SHARE", "WHERE id = %s"),
    ("accounts/access.py", "WHERE user_id = %s FOR SHARE", "WHERE user_id = %s"),
    ("accounts/access.py", "    by.status = status\n", ""),
    ("accounts/access.py", "    by.marks = None\n", ""),
    ("accounts/access.py", "        by.__dict__.pop(remembered, None)\n", "        pass\n"),
    ("accounts/access.py", "                hold(by)\n", "                pass\n"),
    ("accounts/access.py", "    OfficePermission.objects.filter(user=user).delete()\n", ""),
    ("accounts/access.py", "max(assignment.until, wanted", "min(assignment.until, wanted"),
    ("accounts/models/grants.py", "revoked_at__isnull=True, until__gt=moment", "until__gt=moment"),
    ("accounts/models/grants.py", "revoked_at__isnull=True, until__gt=moment", "revoked_at__isnull=True"),
    ("accounts/models/people.py", "return self.status == self.Status.ACTIVE", "return True"),
    ("accounts/models/people.py", "return self.status == self.Status.ACTIVE", "return self.status != self.Status.LEFT"),
)


def statements() -> Iterator[Mutant]:
    tests = _there(TABLES, *REVOKED, GATE, "tests/accounts/test_sign_in.py", *PEOPLE, *VISIBLE)
    for path, was, text in STATEMENTS:
        start = source_of(path).find(was.encode())
        if start >= 0:
            yield Mutant(
                f"{path}: {was.strip()} becomes {text.strip() or 'nothing'}", path, start, start + len(was), text, tests
            )


# -- Terms of predicates ----------------------------------------------------------------------------------------------
OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip


def terms() -> Iterator[Mutant]:
    """Each comparison turned round, each term of a condition and of a filter left out, each negation taken away."""
    for path, (functions, tests) in PREDICATES.items():
        for function in _functions(path):
            if functions == ("",) or function.name in functions:
                yield from _of_function(path, function, tests)
    for path, tests in SAME_PERSON.items():
        for function in _functions(path):
            for one in _of_function(path, function, tests):
                if "person_key" in one.name:
                    yield one


def _functions(path: str) -> Iterator[ast.FunctionDef]:
    if Path(CHECKOUT / path).exists():
        yield from (node for node in ast.walk(ast.parse(source_of(path))) if isinstance(node, ast.FunctionDef))


def _of_function(path: str, function: ast.FunctionDef, tests: tuple[str, ...]) -> Iterator[Mutant]:
    there = _there(*tests)
    skipped = {id(inner) for part in _saying_nothing(function) for inner in ast.walk(part)}
    for node in ast.walk(function):
        if id(node) in skipped or not isinstance(node, ast.expr | ast.keyword):
            continue
        for span, text in _changes(path, node):
            was = source_of(path)[span[0] : span[1]].decode()
            name = " ".join(f"{path} {function.name}:{node.lineno} {was} becomes {text or 'nothing'}".split())
            yield Mutant(name, path, *span, text, there)


def _saying_nothing(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What is tried elsewhere (decorators), and what only the type checker reads."""
    yield from function.decorator_list
    for node in ast.walk(function):
        said = (getattr(node, "annotation", None), getattr(node, "returns", None))
        yield from (one for one in said if isinstance(one, ast.expr))


def _changes(path: str, node: ast.expr | ast.keyword) -> Iterator[tuple[tuple[int, int], str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _text(path, node.left), _text(path, node.comparators[0])
        yield _span(path, node), f"({left} {OPPOSITE[type(node.ops[0])]} {right})"
    elif isinstance(node, ast.BoolOp):
        word = " and " if isinstance(node.op, ast.And) else " or "
        for left_out in node.values:
            kept = word.join(f"({_text(path, one)})" for one in node.values if one is not left_out)
            yield _span(path, node), f"({kept})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield _span(path, node), f"({_text(path, node.operand)})"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield _span(path, node), f"({_text(path, node.left)})"
        yield _span(path, node), f"({_text(path, node.right)})"
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in FILTERS:
        yield from _fewer(path, node)


FILTERS = {"filter", "exclude", "Q"}


def _fewer(path: str, call: ast.Call) -> Iterator[tuple[tuple[int, int], str]]:
    """The call with one condition less; a filter without any left over stays out as a whole."""
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    for left_out in given:
        kept = ", ".join(_argument(path, one) for one in given if one is not left_out)
        if kept or not isinstance(call.func, ast.Name):
            yield _span(path, call), f"{_text(path, call.func)}({kept})"


def _argument(path: str, one: ast.expr | ast.keyword) -> str:
    if isinstance(one, ast.keyword):
        return f"{one.arg}={_text(path, one.value)}" if one.arg else f"**{_text(path, one.value)}"
    return _text(path, one)
