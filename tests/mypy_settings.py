"""The settings as mypy's Django plugin reads them: test mode, so that no secret need be set to check types."""

import os

os.environ.setdefault("SEN_MODE", "test")

from sen.settings import *  # noqa: F403
