"""The site with one more kind of report: its app, and its rows in the access table."""

from accounts import roles
from accounts.roles import Role
from sen.settings import *  # noqa: F403
from sen.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.made_up"]

roles.PERMISSIONS |= {
    "file_memo": "file a memo",
    "read_memo": "read memos",
    "amend_memo": "amend a memo",
    "approve_memo": "approve or return a memo",
    "void_memo": "void a memo",
    "close_memo": "close and reopen memos",
}
roles.GRANTS[Role.FIELD_HSI] |= {"file_memo": roles.OFFICE, "read_memo": roles.OFFICE, "amend_memo": roles.OWN}
roles.GRANTS[Role.SUPERVISOR] |= {"read_memo": roles.OFFICE, "approve_memo": roles.OFFICE, "void_memo": roles.OFFICE}
roles.GRANTS[Role.JIOC] |= {"read_memo": roles.ALL, "close_memo": roles.ALL}
