"""Starting the identity provider once for a module, and somebody's browser at it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from django.urls import reverse

from accounts import identity_provider
from sen.postgres import CHECKOUT
from tests.cast import PASSWORD
from tests.watch.mailroom import free_port

RETURN_URL = "http://testserver/accounts/single-sign-on/return/"


class Running:
    """The provider at its address, told what to do wrong by `tell`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {**os.environ, "PROVIDER_FOLDER": str(folder), "PYTHONPATH": str(CHECKOUT)}
        command = [sys.executable, "-m", "tests.provider", str(self.port), RETURN_URL]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=folder)
        assert self.process.stdout
        assert self.process.stdout.readline() == b"ready\n"

    def tell(self, **told: Any) -> None:
        requests.post(f"{self.url}/control/", json=told, timeout=5)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    provider = Running(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Running, settings: Any) -> Iterator[Running]:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = running.url, "sen"
    settings.OIDC_CLIENT_SECRET = "secret-of-the-client"
    identity_provider.forget()
    running.tell()
    yield running
    identity_provider.forget()


class AtTheProvider:
    """Somebody's browser at the provider, signed in there through its page."""

    def __init__(self, provider: Running, name: str) -> None:
        self.session, self.url, self.name = requests.Session(), provider.url, name
        self.sign_in()

    def sign_in(self, page: str = "") -> str:
        """Through its page; where it leads on to."""
        page = page or f"{self.url}{reverse_there('login')}"
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.session.get(page, timeout=5).text)
        assert token
        typed = {"login": self.name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        answer = self.session.post(page, typed, timeout=5, allow_redirects=False, headers={"Referer": page})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def answer(self, address: str) -> str:
        """Where the provider sends the browser back, without the host."""
        back = self.session.get(address, timeout=5, allow_redirects=False).headers["Location"]
        if reverse_there("reauthenticate") in back:  # it was told to ask anew
            on = self.sign_in(urljoin(self.url, back))
            back = self.session.get(urljoin(self.url, on), timeout=5, allow_redirects=False).headers["Location"]
        assert back.startswith(RETURN_URL), back
        return back.removeprefix("http://testserver")


def reverse_there(name: str) -> str:
    return f"/accounts/{name}/"


def begin(client: Any, **typed: str) -> str:
    """Press the button; the address at the provider that the browser is sent to."""
    answer = client.post(reverse("accounts:sso"), typed)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])
