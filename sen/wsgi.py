"""The application as gunicorn serves it; in demonstration mode only after the guard has looked."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from sen import demonstration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen.settings")
demonstration.refuse_unconfirmed_database()
application = get_wsgi_application()
demonstration.refuse_real_people()
connections.close_all()  # the guard's connection belongs to no request
