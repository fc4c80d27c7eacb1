"""What every test may use: the database in its two roles, the browser, and the cast of people."""

from importlib.util import find_spec

pytest_plugins = ["tests.database", "tests.browser"] + (["tests.cast"] if find_spec("tests.cast") else [])
