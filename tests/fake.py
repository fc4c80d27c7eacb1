"""The one invented person of the whole suite: in what the factories file, looked for in everything written."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Fake:
    """Words that nothing else in the repository says, so that each place where one turns up is told apart; long enough
    that no random token holds one."""

    last_name: str = "Wexelby"
    first_name: str = "Osgarwen"
    phone: str = "305-555-0173"
    address: str = "9 Plumquat Terrace"
    a_number: str = "A098765432"
    email: str = "osgarwen@plumquat.example.gov"
    handle: str = "harbor: wexelby9"
    title: str = "Arrest of a fugitive at the marina"
    narrative: str = "Agents found him on the pier."

    @property
    def ssn(self) -> str:
        """Made while the tests run, the same each time: none that could be somebody's stands in a file."""
        some = Random("the fake person")
        return f"{some.randint(200, 299)}-{some.randint(10, 99)}-{some.randint(1000, 9999)}"

    @property
    def marks(self) -> tuple[str, ...]:
        """What to look for: each is enough to tell that a text is about this person."""
        said = (self.last_name, self.first_name, "plumquat", self.a_number[1:], self.title, self.narrative)
        numbers = [form for number in (self.phone, self.ssn) for form in (number, number.replace("-", ""))]
        return (*said, *numbers)

    @property
    def name(self) -> dict[str, str]:
        return {"last_name": self.last_name, "first_name": self.first_name}

    @property
    def as_detainee(self) -> dict[str, str]:
        return {"aliases": self.last_name, "a_number": self.a_number}

    @property
    def row(self) -> dict[str, str]:
        """The person as typed into a row of people, beside a role and a name."""
        names = {"phones": self.phone, "addresses": self.address, "emails": self.email}
        return {**names, "aliases": self.last_name, "handles": self.handle}


FAKE = Fake()
