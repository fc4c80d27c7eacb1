"""The password hash of the tests: the real one at its lowest cost, since what a hash costs is not what they ask."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    """Argon2 with one pass over eight kilobytes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
