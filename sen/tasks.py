"""Background jobs of the project itself: the demonstration data that is made while the site already serves."""

from procrastinate.contrib.django import app

LAST = -100  # behind everything that somebody waits for


@app.task(queue="demonstration", queueing_lock="fill_demonstration", priority=LAST, pass_context=False)
def fill_demonstration() -> None:
    """Make some reports, then queue the next slice, so that mail goes out between the slices."""
    from sen import demonstration
    from sen.demo import making

    if demonstration.on() and making.fill():
        making.ask_for_more()
