"""Files as phones, scanners and offices make them, made while tests run."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image
from pypdf import PdfWriter

Parts = dict[str, bytes | str]


def pixels(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    picture = Image.radial_gradient("L").resize(size)
    return picture.convert(mode)


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **saving: Any) -> bytes:
    made = io.BytesIO()
    pixels(size, mode).save(made, form, **saving)
    return made.getvalue()


def pdf(text: str = "Seen at the pier", letters: str = "", **info: str) -> bytes:
    """One page with this line on it; `letters` says in hexadecimal what its font takes the letter A for."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    if letters:
        table = DecodedStreamObject()
        table.set_data(f"1 beginbfchar <41> <{letters}> endbfchar".encode())
        font[NameObject("/ToUnicode")] = writer._add_object(table)
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({f"/{name}": value for name, value in info.items()})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
DOCUMENT = '<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
CORE = "<cp:coreProperties><dc:creator>{0}</dc:creator><cp:lastModifiedBy>{0}</cp:lastModifiedBy></cp:coreProperties>"


def docx(text: str = "Seen at the pier", author: str = "Somebody", more: Parts | None = None) -> bytes:
    parts: Parts = {
        "[Content_Types].xml": TYPES.format(""),
        "word/document.xml": DOCUMENT.format(text),
        "docProps/core.xml": CORE.format(author),
    }
    return archive(parts | (more or {}))


def xlsx(text: str = "Seen at the pier", author: str = "Somebody", more: Parts | None = None) -> bytes:
    parts: Parts = {
        "[Content_Types].xml": TYPES.format(""),
        "xl/workbook.xml": "<workbook/>",
        "xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>",
        "docProps/core.xml": CORE.format(author),
    }
    return archive(parts | (more or {}))


def archive(parts: Parts) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return made.getvalue()
