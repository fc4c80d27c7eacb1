"""What every test may use: the database in its two roles, the browser, and the cast of people."""

# The cast first: pytest rewrites the assertions of a module only when it is the one to import it.
pytest_plugins = ["tests.cast", "tests.database", "tests.browser", "tests.hunt"]
