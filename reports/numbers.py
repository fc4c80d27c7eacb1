"""Report numbers such as SIR-2026-MIA-000123: given at filing, unique, never changed; gaps are allowed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Office

LAST = "SELECT number FROM reports_report WHERE number >= %s AND number < %s ORDER BY number DESC LIMIT 1"
HIGHEST = 999_999


def next_number(prefix: str, office: Office, now: datetime) -> str:
    """The next number of the series of this kind, year and office. Call it inside the transaction that uses it.

    The series is locked until that transaction ends, so two reports never get one number. Raises OverflowError
    past 999,999 reports of one kind by one office in one year.
    """
    return next_numbers(prefix, office, now, 1)[0]


def next_numbers(prefix: str, office: Office, now: datetime, count: int) -> list[str]:
    """`count` numbers in a row, for a batch."""
    series = f"{prefix}-{now.astimezone(ZoneInfo(office.time_zone)).year}-{office.code}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [series])
        cursor.execute(LAST, [series, series[:-1] + "."])  # "." follows "-" in ASCII
        row = cursor.fetchone()
    last = int(row[0].rsplit("-", 1)[1]) if row else 0
    if last + count > HIGHEST:
        raise OverflowError(f"The series {series} is full.")
    return [f"{series}{number:06d}" for number in range(last + 1, last + count + 1)]
