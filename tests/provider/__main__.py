"""`python -m tests.provider PORT RETURN_URL...`: make its people and its client, then serve until it is ended."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PASSWORD = "a long enough password"


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Says nothing."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def make_key(file: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(*kinds))


def fill(return_urls: list[str]) -> None:
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for name in ("acm.agency", "agent.agency", "nobody.agency"):
        User.objects.create_user(name, f"{name}@example.gov", PASSWORD)
    client = Client(id="sen", name="SEN", skip_consent=True)
    client.set_secret("secret-of-the-client")
    client.set_redirect_uris(return_urls)
    client.save()


def main(port: int, return_urls: list[str]) -> None:
    folder = Path(os.environ["PROVIDER_FOLDER"])
    make_key(folder / "key.pem")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.provider.settings"
    django.setup()
    from django.core.wsgi import get_wsgi_application

    fill(return_urls)
    with make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet) as server:
        print("ready", flush=True)  # noqa: T201 - whoever started it waits for this word
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
