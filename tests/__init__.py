"""The tests: they mirror the apps, use a real PostgreSQL, and their names are sentences."""
