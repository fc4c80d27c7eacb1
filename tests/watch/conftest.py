"""What every test of the watch may use."""

from tests.watch.mailroom import mailroom

__all__ = ["mailroom"]
