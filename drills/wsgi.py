"""The application with the points armed; served by the drill, never by the product."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from drills import points
from sen.wsgi import application as product

if os.environ.get("DRILL_WITHOUT_KEY"):
    points.forget_the_key()
points.arm()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    points.wanted.set(environ.get("HTTP_X_DRILL_POINT", ""))
    return product(environ, start_response)
