"""What the database and the static files need before the site serves, done as the role that owns the schema."""

import hashlib
import sys
from pathlib import Path

import django

from sen import demonstration
from sen.postgres import CHECKOUT
from sen.progress import step


def main() -> None:
    demonstration.refuse_unconfirmed_database()
    django.setup()
    demonstration.refuse_real_people()
    from django.core.management import call_command

    with step("Migrations"):
        call_command("migrate", interactive=False, verbosity=0)
        # An upgrade may have changed what a role gives.
        call_command("recompute_rights")
    if demonstration.on():
        call_command("ssn", "demonstration-keys")
    _collect_static()


def _collect_static() -> None:
    """Compress and name the static files, unless neither they nor the packages changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    target = Path(settings.STATIC_ROOT)
    mark, value = target.with_suffix(".stamp"), _fingerprint()
    if target.exists() and mark.exists() and mark.read_text() == value:
        return
    with step("Static files"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(value)


def _fingerprint() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements/run.txt").read_bytes())
    for path in sorted((CHECKOUT / "static").rglob("*")):
        if path.is_file():
            found = path.stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        main()
    except demonstration.Refused as reason:
        sys.exit(str(reason))
