"""Where the watch stands in the navigation."""


def register() -> None: ...
