"""Where reports stand in the navigation."""


def register() -> None: ...
