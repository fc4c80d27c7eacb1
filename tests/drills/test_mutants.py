"""The short form of the drill of the mutants: they are many, each is a program, and ten die by the table of grants."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import access
from accounts.models import User
from accounts.roles import Role
from drills import mutations
from tests.access import test_grants_table as table


def test_there_is_a_mutant_for_each_grant_declaration_and_term() -> None:
    found = mutations.mutants()
    assert len(found) >= 300
    assert len({one.name for one in found}) == len(found)
    for one in found[::5]:
        source = mutations.source_of(one.path)
        assert one.apply(source) != source
        compile(one.apply(source), one.path, "exec")


def mutated(one: mutations.Mutant) -> dict[str, Any]:
    """The module of roles with this mutant in it."""
    module: dict[str, Any] = {"__name__": "accounts.roles"}
    exec(compile(one.apply(mutations.source_of(one.path)), one.path, "exec"), module)  # noqa: S102 - our own source
    return module


@pytest.mark.django_db
def test_ten_changed_grants_are_seen_and_the_true_ones_pass(stranger: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with (table.DOCS / "grants.csv").open() as file:
        said = {tuple(line.strip().split(",")) for line in file}
    changed = list(mutations.grants())
    for one in changed[:: len(changed) // 10][:10]:
        role = Role(one.name.split()[0].rstrip(":"))
        expected = {line for line in said if line[0] == role.value}
        assert set(table._of_role(role, stranger)) == expected
        with monkeypatch.context() as patch:
            module = mutated(one)
            patch.setattr(access, "GRANTS", module["GRANTS"])
            patch.setattr(access, "Reach", module["Reach"])
            assert set(table._of_role(role, stranger)) != expected, one.name
