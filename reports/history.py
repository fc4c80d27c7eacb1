"""Which of our models pages show the history of."""


def register() -> None: ...
