"""How gunicorn serves the application: here, in the container and under `make run` alike."""

import os
import signal
from typing import Any

from sen.processes import die_with_parent

PRODUCTION = os.environ.get("SEN_MODE", "production") == "production"
bind = os.environ.get("SEN_BIND", f"127.0.0.1:{os.environ.get('SEN_PORT', '8000')}")
wsgi_app = "sen.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("SEN_WEB_WORKERS", "2"))
threads = int(os.environ.get("SEN_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = int(os.environ.get("SEN_GRACEFUL_SECONDS", "30"))
# A control socket would be one more door to guard; nothing of ours uses it.
control_socket_disable = True
# The application keeps its own record of who saw what; an access log would hold addresses and paths besides.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("SEN_WEB_LOG_LEVEL", "warning")
# Its own lines too: they would quote an address with all that was asked for.
logconfig_dict = {
    "root": {"level": "WARNING", "handlers": []},
    "formatters": {"generic": {"()": f"sen.logs.{'Lines' if PRODUCTION else 'Formatter'}"}},
    "loggers": {"gunicorn.error": {"level": loglevel.upper(), "handlers": ["error_console"], "propagate": False}},
}
forwarded_allow_ips = os.environ.get("SEN_TRUSTED_PROXIES", "127.0.0.1")


def post_fork(server: Any, worker: Any) -> None:
    """A worker without its master would serve for ever and hold the port."""
    die_with_parent(signal.SIGTERM)
