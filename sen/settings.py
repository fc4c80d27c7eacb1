"""Every setting of the project: read from the environment, safe for production where nothing is said."""

import sys
from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from sen import embedded

django_stubs_ext.monkeypatch()  # so that a form or view can name its type: ModelForm[User]
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("SEN_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

# -- What this process is -----------------------------------------------------------------------------------------
MODE = env.str("SEN_MODE", default="production")
if MODE not in {"production", "demonstration", "test"}:
    raise ImproperlyConfigured(f"SEN_MODE is {MODE!r}; it must be production, demonstration or test.")
PRODUCTION = MODE == "production"
DEBUG = False
SITE_URL = env.str("SEN_SITE_URL", default=f"http://localhost:{env.int('SEN_PORT', default=8000)}")
HANDLING_MARKING = env.str("SEN_HANDLING_MARKING", default="LAW ENFORCEMENT SENSITIVE")
AGENCY = env.str("SEN_AGENCY", default="U.S. Immigration and Customs Enforcement")
# The notices that cover what is kept here (SEN PIA 2021, section 2), on every printed page.
SYSTEMS_OF_RECORDS = env.str(
    "SEN_SYSTEMS_OF_RECORDS",
    default="DHS/ICE-006 Intelligence Records System and DHS/ICE-009 External Investigations",
)

# A production server says who it is and what its key is; nothing is guessed for it.
SECRET_KEY = env.str("SEN_SECRET_KEY") if PRODUCTION else env.str("SEN_SECRET_KEY", default="not-a-secret-" * 5)
# Former keys, so that what was sealed or signed with them still opens (docs/adr/0013).
SECRET_KEY_FALLBACKS = env.list("SEN_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("SEN_ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("SEN_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES: list[str] = env.list("SEN_TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "auditlog",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "sen",
    "audit",
    "privacy",
    "accounts",
    "reports",
    "ileads",
    "watch",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "sen.middleware.SayWhatFailed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SessionLimits",
    "accounts.middleware.Gate",
    "privacy.middleware.SsnGuard",
]

ROOT_URLCONF = "sen.urls"
WSGI_APPLICATION = "sen.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sen.ui.frame",
            ],
            "builtins": ["sen.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "sen.forms.Renderer"

# -- Database: PostgreSQL, in two roles; the owner migrates, the run-time role serves ------------------------------
DATABASE_ROLE = env.str("SEN_DATABASE_ROLE", default="app")


def process() -> str:
    """This process as the database names it to whoever looks for what holds the log: its command, or its program."""
    program, command = Path(sys.argv[0]), sys.argv[1:2]
    if program.name == "manage.py" and command:
        return f"sen {command[0]}"
    return f"sen {program.parent.name if program.stem == '__main__' else program.stem}"


def database() -> dict[str, object]:
    """The one database, as the role this process needs (`owner` for migrations, else the run-time role)."""
    key = "SEN_OWNER_DATABASE_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
    if env.str(key, default=""):
        config = env.db_url(key, engine="django.db.backends.postgresql")
        config["HOST"] = unquote(config["HOST"])  # the folder of a socket is written %2Ffolder in an address
    elif PRODUCTION:
        raise ImproperlyConfigured(f"{key} is not set: a production server needs its own PostgreSQL.")
    else:
        config = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "sen",
            "USER": f"sen_{DATABASE_ROLE}",
            "HOST": str(embedded.socket_dir(DATA_DIR)),
        }
    limits = "-c idle_in_transaction_session_timeout=30s -c lock_timeout=5s"
    if DATABASE_ROLE != "owner":
        limits += " -c statement_timeout=10s"
    return {
        **config,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": limits, "application_name": process()},
        "TEST": {"NAME": env.str("SEN_TEST_DATABASE", default=None)},
    }


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Off on purpose: a refused act must keep its audit row, and one transaction a request would roll it back.
ATOMIC_REQUESTS = False

# -- People and sessions (domain: figures to configure) ------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.OfficeBackend"]
LOGIN_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.password_rules.NotOneself"},
]
SESSION_ENGINE = "accounts.session_store"
# What a message says may name a person, so it waits in the session and does not travel in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IDLE_SECONDS = env.int("SEN_IDLE_SECONDS", default=15 * 60)
ABSOLUTE_SECONDS = env.int("SEN_ABSOLUTE_SECONDS", default=12 * 3600)
SESSION_COOKIE_AGE = ABSOLUTE_SECONDS
LOCKOUT_FAILURES = env.int("SEN_LOCKOUT_FAILURES", default=3)
LOCKOUT_SECONDS = env.int("SEN_LOCKOUT_SECONDS", default=20 * 60)
# Wrong tries at one name that are looked at in a day: all strangers' together, and apart those of each known browser.
FAILURES_A_DAY = env.int("SEN_FAILURES_A_DAY", default=30)
# How long a link to set a password opens, how long an invitation to the first one, and how often a link is sent.
PASSWORD_RESET_TIMEOUT = env.int("SEN_PASSWORD_RESET_SECONDS", default=3600)
INVITATION_SECONDS = env.int("SEN_INVITATION_SECONDS", default=72 * 3600)
RESET_EVERY_SECONDS = env.int("SEN_RESET_EVERY_SECONDS", default=10 * 60)
SIGN_INS_PER_MINUTE = env.int("SEN_SIGN_INS_PER_MINUTE", default=20)
# How old the last password check may be for a reveal, and how many legacy SSNs one person may see in a day.
CONFIRM_AFTER_SECONDS = env.int("SEN_CONFIRM_AFTER_SECONDS", default=10 * 60)
SESSIONS_A_PERSON = env.int("SEN_SESSIONS_A_PERSON", default=3)
RULES_DAYS = env.int("SEN_RULES_DAYS", default=365)
TRAINING_DAYS = env.int("SEN_TRAINING_DAYS", default=365)
# Accounts that nobody used for so many days are disabled, after a warning so many days before.
UNUSED_DAYS = env.int("SEN_UNUSED_DAYS", default=45)
UNUSED_WARNING_DAYS = env.int("SEN_UNUSED_WARNING_DAYS", default=7)
# Who must have a second factor: the roles that `accounts.roles` lists, or everybody.
SECOND_FACTOR = env.str("SEN_SECOND_FACTOR", default="roles")
if SECOND_FACTOR not in {"roles", "all"}:
    raise ImproperlyConfigured(f"SEN_SECOND_FACTOR is {SECOND_FACTOR!r}; it must be roles or all.")
# Single sign-on of the agency by OpenID Connect; off until an issuer is named.
OIDC_ISSUER = env.str("SEN_OIDC_ISSUER", default="")
if PRODUCTION and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("SEN_OIDC_ISSUER must begin with https://.")
OIDC_CLIENT_ID = env.str("SEN_OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("SEN_OIDC_CLIENT_SECRET", default="")
OIDC_LABEL = env.str("SEN_OIDC_LABEL", default="Sign in with your agency account")
# Where the provider shows its sign-in, if that is not on the host of the issuer.
OIDC_ORIGIN = env.str("SEN_OIDC_ORIGIN", default="/".join(OIDC_ISSUER.split("/")[:3]))
# The values of `amr` (RFC 8176) with which the provider says that it has itself asked for more than a password.
OIDC_SECOND_FACTORS = env.list("SEN_OIDC_SECOND_FACTORS", default=["mfa", "hwk", "sc"])
# How long a report of another office stays open to whoever gave a reason, and which share of the readings is reviewed.
OUTSIDE_HOURS = env.int("SEN_OUTSIDE_HOURS", default=24)
OUTSIDE_SAMPLE = env.float("SEN_OUTSIDE_SAMPLE", default=0.2)
OUTSIDE_AN_HOUR = env.int("SEN_OUTSIDE_AN_HOUR", default=30)
REVEALS_A_DAY = env.int("SEN_REVEALS_A_DAY", default=10)

# -- guardian: rows on offices and on single reports, through direct foreign keys ----------------------------------
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
GUARDIAN_MONKEY_PATCH_USER = False
# Our own backend answers from guardian's rows, with their end dates; guardian's would not ask for those.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# -- auditlog: the history that pages show; never the evidence ------------------------------------------------------
AUDITLOG_MASK_CALLABLE = "privacy.mask.eight_bullets"
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_DISABLE_REMOTE_ADDR = True
AUDITLOG_CID_HEADER = None

# -- Evidence: keys and checkpoints lie outside the database, and on a server somebody decides where ------------------
KEY_DIR = env.str("SEN_KEY_DIR") if PRODUCTION else env.str("SEN_KEY_DIR", default=str(DATA_DIR / "keys"))
CHECKPOINTS = (
    env.str("SEN_CHECKPOINTS") if PRODUCTION else env.str("SEN_CHECKPOINTS", default=str(DATA_DIR / "checkpoints"))
)
CHECKPOINTS_TOKEN = env.str("SEN_CHECKPOINTS_TOKEN", default="")
# Nobody seals while tests run, so nothing they ask for stops for that, unless a test is about it.
SEALING_STOPS_AFTER = env.int("SEN_SEALING_STOPS_AFTER", default=10**9 if MODE == "test" else 60)

# -- Headers --------------------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
INSECURE = env.bool("SEN_ALLOW_HTTP", default=not PRODUCTION)
SECURE_SSL_REDIRECT = not INSECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not INSECURE
SECURE_HSTS_SECONDS = 0 if INSECURE else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "sen.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # Browsers ask this of where a form leads on to as well: the button of the single sign-on leads to the provider.
        "form-action": ["'self'", *([OIDC_ORIGIN] if OIDC_ISSUER else [])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# -- Mail, jobs, files ----------------------------------------------------------------------------------------------
# In the demonstration mail is written to a folder unless a server is named: nothing leaves the machine by surprise.
EMAIL_HOST = env.str("SEN_MAIL_HOST", default="")
EMAIL_PORT = env.int("SEN_MAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("SEN_MAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("SEN_MAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("SEN_MAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST or PRODUCTION else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("SEN_MAIL_FROM", default="sen@example.gov")

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["sen.uploads.BoundedUpload"]

# -- Attachments ----------------------------------------------------------------------------------------------------
# The virus scanner (clamd): the path of its socket, or host:port. Without one, files wait and reports do not.
CLAMD = env.str("SEN_CLAMD", default="")
# The folder of the keys that seal the files themselves; both the web server and the worker read it.
FILE_KEYS: str = env.str("SEN_FILE_KEYS", default=KEY_DIR)
CLAMD_SECONDS = env.int("SEN_CLAMD_SECONDS", default=60)
FILE_BYTES = env.int("SEN_FILE_MB", default=25) * 1024 * 1024
# Of all files of one request. The proxy cuts a little above it (docker/proxy/Caddyfile).
REQUEST_BYTES = FILE_BYTES + 5 * 1024 * 1024
FILES_A_REPORT = env.int("SEN_FILES_A_REPORT", default=50)
# A picture with more than this is not opened: decoding it would take the memory of the whole server.
PICTURE_PIXELS = env.int("SEN_PICTURE_MEGAPIXELS", default=60) * 1_000_000
# A search may hold one database connection for no longer than this, in milliseconds.
SEARCH_MS = env.int("SEN_SEARCH_MS", default=1000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "sen.logs.Formatter", "fmt": "{asctime} {levelname} {name} {message}", "style": "{"},
        "lines": {"()": "sen.logs.Lines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines" if PRODUCTION else "plain"}},
    "root": {"handlers": ["console"], "level": env.str("SEN_LOG_LEVEL", default="WARNING")},
}
