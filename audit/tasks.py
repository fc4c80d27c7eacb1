"""Background jobs of the log: its partitions made ahead, for an event without one cannot be written; and its counts."""

from django.db import connection
from procrastinate.contrib.django import app

MONTHS_AHEAD = 6


@app.periodic(cron="17 3 * * *")
@app.task(queue="upkeep", queueing_lock="make_partitions", pass_context=False)
def make_partitions(timestamp: int) -> None:
    """Make the months to come. The function runs with the owner's rights and can do nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partitions(%s)", [MONTHS_AHEAD])


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", queueing_lock="count_the_log", pass_context=False)
def count_the_log(timestamp: int) -> None:
    """Count the days that are not counted whole, then look for unusual use in them. Pages show what is kept."""
    from audit import counting, unusual

    for day in counting.uncounted():
        counting.count_day(day)
        unusual.look(day)
