"""docs/imports.md, written from the columns that the import itself reads by."""

from __future__ import annotations

from collections.abc import Iterable

from reports.imports.columns import COMMON, OWN, SPOT
from reports.imports.legacy_rows import columns_of
from reports.imports.lines import FIELD_LIMIT, LINE_LIMIT
from reports.kinds import KINDS, Kind

HEAD = f"""# Bringing in the reports of former systems

    manage.py import_historical FILE [--kind KIND] [--encoding NAME] [--rejects PATH]

`FILE` is a CSV file whose first line names the columns, or JSON Lines (`.jsonl`, `.ndjson`, `.json`): one
object a line, its values plain text, numbers or yes and no. `--kind` says what all rows are: `sir`, `spear`,
`tav` or `ilead` for reports of the kinds that are still filed, `amo`, `oppred`, `leara` or `spot` for the types
that are not. Rows of those four may also say their type themselves, in a column `type`. Sample files stand in
`docs/samples/`.

- **One pass.** The file is read once from beginning to end, whatever its size, in the same small memory; a bar
  shows how far it is. What is read is written at least every five seconds.
- **Bad rows.** A row that makes no sense is left out and written to the reject file (`FILE.rejects.csv`,
  readable by its owner alone) with the number of its line and the reason; the rows after it are read all the
  same. Mend them in the file itself, and import it again.
- **Refused files.** A file without a needed column, with a column named twice, in UTF-16 without saying so,
  with bare carriage returns, or that is one JSON array, is refused before anything is written.
- **Repeating.** Each row is known again by the checksum of what it says, so that the same file can be imported
  again, also after an import that was stopped or killed: only what is missing is added.
- **Encoding.** UTF-8, with or without a byte-order mark, unless `--encoding` says otherwise (`cp1252`,
  `utf-16`). A line that cannot be read as such is a bad row, whose reason says which encoding to try.
- **Columns** may stand in any order, be separated by commas, semicolons, tabs or bars, and be written with
  capitals and spaces ("Report number"). A column that the table does not name is kept with the report as it was
  read.
- **Limits.** A field holds at most {FIELD_LIMIT:,} characters and a line {LINE_LIMIT:,}.
- **Days** are written 2014-03-31 or 3/31/2014, times behind them as 14:05 or 2:05 PM, in the time zone of the
  office unless `event_zone` names another.
- **Social security numbers** found in any text become eight bullets before anything is written, in the reject
  file too. The summary says how many there were.
- The command ends with 0 when the file was read to its end, and with 1 when it was refused or stopped."""

HISTORICAL = """## Types that nobody files any more

They are read by those granted "read AMO, OPPRED and LEARA reports", under Historical reports. Nothing changes
one: the database itself refuses, for the application and for the owner of its tables. SPOT rows are asked for
nothing but their number and are kept whole in a table that the application may append to and cannot read; they
are on no page, in no count, search or export, and the audit log tells an import of them from no other."""

LEGACY = """## Legacy reports of the kinds that are still filed

They become closed reports of their kind, marked as legacy, with their number, times and author. Rules about the
present do not apply to them, nobody is told, and nobody can amend them. An author who has an account here (by
username or employee number) stays the author; otherwise the report keeps the name, under an account that stands
for the former system and cannot sign in.

People, seizures, locations and other rows are numbered columns: `people_1_last_name`, `people_2_last_name` and
so on, as many as there are. Where a row points at a person, it gives the number of that person:
`arrests_1_person` is 2 for `people_2`. Choices may be given by their code or by the words on screen."""


def written() -> str:
    """The document."""
    parts = [HEAD, HISTORICAL, "### All types but SPOT", _table((c.name, c.says, c.required) for c in COMMON)]
    for type_, own in OWN.items():
        if type_ != SPOT:
            parts += [f"### {type_.upper()}", _table((c.name, c.says, c.required) for c in own)]
    parts += [LEGACY, *(_of_kind(kind) for kind in KINDS)]
    return "\n\n".join(parts) + "\n"


def _of_kind(kind: Kind) -> str:
    return f"### {kind.label}\n\n{_table(columns_of(kind))}"


def _table(rows: Iterable[tuple[str, str, bool]]) -> str:
    lines = [f"| `{name}` | {'yes' if needed else ''} | {says} |" for name, says, needed in rows]
    return "\n".join(["| column | needed | what it says |", "|---|---|---|", *lines])
