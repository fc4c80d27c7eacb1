"""Where people and access stand in the navigation."""


def register() -> None: ...
