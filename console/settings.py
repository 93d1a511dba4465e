"""Every setting, in one place. What the environment may say is listed in docs/settings.md."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from console.env import Env, postgresql, socket_path, sqlite

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(os.environ)
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
env = env.with_file(DATA_DIR / "secrets.env")

# --- where it runs -------------------------------------------------------------------------------
GREENLIGHT_ENV = env.text("GREENLIGHT_ENV", "development", choices=("development", "production"))
PRODUCTION = GREENLIGHT_ENV == "production"
DEBUG = env.flag("DEBUG")
PORT = env.number("PORT", 8000, 1, 65535)
SANDBOX_PORT = env.number("SANDBOX_PORT", 8010, 1, 65535)
PUBLIC_URL = env.origin("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
SANDBOX_URL = env.origin("SANDBOX_URL", f"http://127.0.0.1:{SANDBOX_PORT}")
HTTPS = PUBLIC_URL.startswith("https://")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", (PUBLIC_HOST, *(() if PRODUCTION else LOOPBACK)))
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, 0, 9)
# Where a fault test kills this process: `after_intent:3` at the third passing (calls/lib/cut.py).
GREENLIGHT_CUT = env.text("GREENLIGHT_CUT")
# Lets webhooks of sandbox tenants reach this very machine, for tests; `console.checks` refuses it in production.
WEBHOOKS_TO_LOOPBACK = env.flag("WEBHOOKS_TO_LOOPBACK")
# Further rules of law of this installation; a row takes the place of ours with the same id.
RULES_DIR = env.text("RULES_DIR")

# --- secrets -------------------------------------------------------------------------------------
# The samples serve tests and tools on a developer's machine; `console.checks` refuses them in
# production, and `make run` writes real ones into DATA_DIR/secrets.env.
SAMPLE_SECRET_KEY = "sample-secret-key-for-development-only-never-for-production"  # noqa: S105
SAMPLE_ENCRYPTION_KEY = "c2FtcGxlLWVuY3J5cHRpb24ta2V5LW5vdC1zZWNyZXQ="
SECRET_KEY = env.text("SECRET_KEY", SAMPLE_SECRET_KEY)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS", (SAMPLE_ENCRYPTION_KEY,))

# --- data ----------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
DATABASE_POOL_SIZE = env.number("DATABASE_POOL_SIZE", 20, 1, 200)
STATEMENT_TIMEOUT = env.number("STATEMENT_TIMEOUT", 30, 0, 3600)
LOCK_TIMEOUT = env.number("LOCK_TIMEOUT", 15, 0, 3600)
DATABASES = {
    "default": postgresql(
        DATABASE_URL,
        DATABASE_POOL_SIZE,
        statement_seconds=STATEMENT_TIMEOUT,
        lock_seconds=LOCK_TIMEOUT,
    )
    if DATABASE_URL
    else sqlite(DATA_DIR / "greenlight.sqlite3")
}
ANCHOR_DIR = env.folder("ANCHOR_DIR", DATA_DIR / "anchors")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

VALKEY_SOCKET = socket_path(DATA_DIR)
BROKER_URL = env.text("BROKER_URL", f"redis+socket://{VALKEY_SOCKET}?virtual_host=0")
CACHE_URL = env.text("CACHE_URL", f"unix://{VALKEY_SOCKET}?db=1")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
# Requests to the API in a minute: of a key, of all keys of a tenant, of an address without a key.
RATE_LIMIT_PER_KEY = env.number("RATE_LIMIT_PER_KEY", 1000, 1, 1_000_000)
RATE_LIMIT_PER_TENANT = env.number("RATE_LIMIT_PER_TENANT", 1000, 1, 1_000_000)
RATE_LIMIT_PER_ADDRESS = env.number("RATE_LIMIT_PER_ADDRESS", 60, 1, 1_000_000)
WORKER_SILENCE = env.number("WORKER_SILENCE", 60, 4, 3600)
WORKER_THREADS = env.number("WORKER_THREADS", 16, 1, 200)
WEBHOOK_THREADS = env.number("WEBHOOK_THREADS", 40, 10, 400)

# --- the parts -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "calls",
    "console",
    "console.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "console.middleware.request_id",
    "console.middleware.answer_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# --- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "calls.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Length and a list of known bad passwords; no rules of composition (ASVS 5.0.0, 6.2).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
# Members are invited, so there is no sign-up, no username, and no address left to confirm.
ACCOUNT_ADAPTER = "console.accounts.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_ADAPTER = "console.accounts.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Members are invited by address, and nobody but an admin changes it: there is nothing left to verify.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Greenlight"
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- the browser ---------------------------------------------------------------------------------
# Browsers share cookies between the ports of a host; the port in the name keeps two runs apart.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else f"session-{PORT}"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else f"csrf-{PORT}"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = HTTPS
# A program that speaks plain http must hear so, not be led on, key in the clear (ASVS 4.1.2).
SECURE_REDIRECT_EXEMPT = [r"^api/", r"^hooks/", r"^health/", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- files, words, clocks ------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- mail ----------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587, 1, 65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"greenlight@{PUBLIC_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- logs ----------------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "console.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        # A line for every tick of the clock, and three for every task, would bury the rest.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # One line per request the carrier client makes would name numbers' call ids at INFO.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

# --- background work -----------------------------------------------------------------------------
CELERY_BROKER_URL = BROKER_URL
# A publish may not hold a request: a broker that does not answer within a second is down. Without
# `max_retries` kombu tries a connection again for six seconds, whatever `retry=False` says.
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,
    "write_timeout": 1,  # RabbitMQ's; the next four are Redis's
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "health_check_interval": 5,
    "visibility_timeout": 300,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# A hint that dies with its worker is not missed: the sweep finds the row within a second.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
# Requests to carriers and to tenants' endpoints may hang; in queues of their own they never hold up the sweep.
CELERY_TASK_ROUTES = {
    f"calls.tasks.{task}": {"queue": queue}
    for queue, tasks in {
        "dispatch": ("dial", "dial_next", "match_account", "probe", "pulse", "reconcile"),
        "hooks": ("deliver_next", "pulse_hooks"),
    }.items()
    for task in tasks
}
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = WORKER_THREADS
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 70
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = TIME_ZONE
