"""Background jobs of the log: its partitions are made ahead, for an event without one cannot be written."""

from django.db import connection
from procrastinate.contrib.django import app

MONTHS_AHEAD = 6


@app.periodic(cron="17 3 * * *")
@app.task(queue="upkeep", queueing_lock="make_partitions", pass_context=False)
def make_partitions(timestamp: int) -> None:
    """Make the months to come. The function runs with the owner's rights and can do nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partitions(%s)", [MONTHS_AHEAD])
