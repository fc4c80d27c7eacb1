"""What every test may use: the database in its two roles, the browser, and the cast of people."""

import gc

# The cast first: pytest rewrites the assertions of a module only when it is the one to import it.
pytest_plugins = ["tests.cast", "tests.database", "tests.browser", "tests.hunt"]


def pytest_collection_finish() -> None:
    """What stands for the whole run is not looked through again for what is lost, nor the rest so often: that alone
    was a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
