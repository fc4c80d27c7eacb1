"""PDFs as readers get them: the pages, without who made them, and without anything that acts or hides in them."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, BinaryIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, StreamObject

from reports.attachments import stripping
from reports.attachments.allowed import Unfit

DAMAGED = "This PDF is damaged. Open it and save it again, or print it to PDF, then add that."
LOCKED = "This PDF is locked with a password. Save it without one, then add it again."
MOST_PAGES = 2_000
TOO_MANY = f"This PDF has more than {MOST_PAGES:,} pages. Attach it in parts."
MOST_OBJECTS = 500_000
READ_PAGES, READ_SECONDS = 500, 15.0

# What says who or when, hides files, or runs: left out of every dictionary, wherever it stands.
LEFT_OUT = frozenset({
    *("/Metadata", "/PieceInfo", "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF"),
    *("/AF", "/XFA", "/RichMedia", "/RichMediaContent", "/Collection", "/LastModified", "/Renditions", "/Thumb"),
    *("/Perms", "/DSS", "/Requirements", "/Extensions", "/SpiderInfo", "/NeedAppearances"),
})  # fmt: skip
# Actions that stay within the file, or open a page that one sees the address of.
KEPT_ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})
ACTIONS = frozenset({
    *("/GoToR", "/GoToE", "/GoToDp", "/Launch", "/Thread", "/Sound", "/Movie", "/Hide", "/SubmitForm", "/ResetForm"),
    *("/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView", "/RichMediaExecute"),
})  # fmt: skip
NOTES_LEFT_OUT = frozenset({
    *("/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia", "/TrapNet"),
})  # fmt: skip


def clean(source: BinaryIO, served: BinaryIO) -> tuple[int, PdfReader]:
    """Write the copy for readers; returns the number of pages, and the file as it was read. Raises Unfit."""
    try:
        reader = PdfReader(source, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unfit(LOCKED)
        pages = len(reader.pages)
        if not pages:
            raise Unfit(DAMAGED)
        if pages > MOST_PAGES:
            raise Unfit(TOO_MANY)
        _write(reader, served)
    except (Unfit, MemoryError):
        raise
    except Exception:  # a parser of anything that calls itself PDF fails in more ways than it tells
        raise Unfit(DAMAGED) from None
    return pages, reader


def _write(reader: PdfReader, served: BinaryIO) -> None:
    writer = PdfWriter(clone_from=reader)
    if len(writer._objects) > MOST_OBJECTS:
        raise Unfit(DAMAGED)
    seen: set[int] = set()
    for stored in writer._objects:
        _disarm(stored, seen)
    root: Any = writer.root_object
    for name in ("/Names", "/AcroForm"):
        _only(root, name)
    writer.metadata = None
    _drop_unreached(writer)
    writer.write(served)


def _drop_unreached(writer: PdfWriter) -> None:
    """What no page leads to any more is not written: files, programs and earlier versions that were cut off."""
    reached: set[int] = set()
    todo: list[Any] = [writer.root_object]
    while todo:
        one = todo.pop()
        if isinstance(one, IndirectObject):
            if one.pdf is writer and one.idnum not in reached:
                reached.add(one.idnum)
                todo.append(one.get_object())
        elif isinstance(one, DictionaryObject):
            todo += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            todo += list(one)
    root = writer.root_object.indirect_reference
    for number in range(1, len(writer._objects) + 1):
        if number not in reached and root is not None and number != root.idnum:
            writer._objects[number - 1] = None


def _only(root: Any, name: str) -> None:
    """Of the names only where a link leads; of a form its fields."""
    inner = root.get(name)
    inner = inner.get_object() if inner is not None else None
    kept = {"/Names": ("/Dests",), "/AcroForm": ("/Fields", "/DA", "/DR")}[name]
    if isinstance(inner, DictionaryObject):
        root[NameObject(name)] = DictionaryObject({NameObject(key): inner.raw_get(key) for key in kept if key in inner})


def _disarm(stored: Any, seen: set[int]) -> None:
    """Leave out what acts, hides or names somebody, in this object and in what stands directly in it."""
    todo = [stored]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, IndirectObject):
            continue
        seen.add(id(one))
        if isinstance(one, DictionaryObject):
            _disarm_dictionary(one)
            todo += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            todo += list(one)


def _disarm_dictionary(one: DictionaryObject) -> None:
    for key in LEFT_OUT & one.keys():
        del one[key]
    if _name(one, "/S") in ACTIONS or ("/Next" in one and _name(one, "/S") in KEPT_ACTIONS):
        _empty(one, keep=_name(one, "/S") in KEPT_ACTIONS)
    subtype = _name(one, "/Subtype")
    if subtype in NOTES_LEFT_OUT or _name(one, "/Type") in ("/EmbeddedFile", "/Filespec"):
        _empty(one)
    elif (_name(one, "/Type") == "/Annot" or "/Rect" in one) and "/FT" not in one and "/Parent" not in one:
        for key in {"/T", "/CreationDate", "/M", "/RC"} & one.keys():
            del one[key]
    if isinstance(one, StreamObject) and subtype == "/Image" and _filters(one) == ["/DCTDecode"]:
        with suppress(Exception):
            one._data = stripping.jpeg(one._data)


def _empty(one: DictionaryObject, *, keep: bool = False) -> None:
    if keep:
        del one["/Next"]
        return
    one.clear()
    if isinstance(one, StreamObject):
        one._data = b""


def _name(one: DictionaryObject, key: str) -> str:
    said = one.raw_get(key) if key in one else None
    said = said.get_object() if isinstance(said, IndirectObject) else said
    return str(said) if isinstance(said, NameObject) else ""


def _filters(one: DictionaryObject) -> list[str]:
    said = one.get("/Filter", NullObject())
    return [str(name) for name in said] if isinstance(said, ArrayObject) else [str(said)]


def text(reader: PdfReader, longest: int) -> str:
    """What its pages say, as far as pages, seconds and characters reach. A page that cannot be read says nothing."""
    end = time.monotonic() + READ_SECONDS
    found: list[str] = []
    length = 0
    for page in reader.pages[:READ_PAGES]:
        if length > longest or time.monotonic() > end:
            break
        with suppress(Exception):
            said = page.extract_text()
            found.append(said)
            length += len(said)
    # A font may name half of a letter, which no database keeps.
    return "\n".join(found)[:longest].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
