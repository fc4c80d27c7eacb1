"""What a phone must load for a first page, and that a second build of it does nothing."""

import gzip
import subprocess
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

BUDGET = 135_000
BUILT = settings.BASE_DIR / "static/built"


def wire(path: Path) -> int:
    """Bytes over the wire; fonts are compressed already."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data))


def loaded() -> list[Path]:
    names = ["built/sen.css", "built/sen.js", "built/icons.svg", "django_htmx/htmx-2.min.js"]
    return [Path(str(finders.find(name))) for name in names] + sorted((BUILT / "fonts").rglob("*.woff2"))


def test_style_scripts_icons_and_fonts_together_are_light():
    assert sum(wire(path) for path in loaded()) < BUDGET


def test_nothing_is_built_that_the_style_sheet_does_not_name():
    css = (BUILT / "sen.css").read_text()
    extra = [path for path in BUILT.rglob("*") if path.is_file() and path.parent != BUILT]
    assert [path for path in extra if str(path.relative_to(BUILT)) not in css] == []
    assert "sourceMappingURL" not in css


def test_every_colour_follows_the_scheme():
    css = (BUILT / "sen.css").read_text()
    rules = css[css.index("/*") :] if css.startswith("/*") else css[css.rindex("color-scheme") :]
    assert "var(--ink)" in rules
    assert "#1b1b1b" not in rules


def test_a_second_build_does_nothing():
    command = [str(settings.BASE_DIR / ".venv/bin/node"), str(settings.BASE_DIR / "scripts/build-assets.mjs")]
    subprocess.run(command, check=True, capture_output=True)
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert again.stdout == "assets: up to date\n"
