"""The product's settings on a folder of its own, without a broker."""

import os
import tempfile
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory(prefix="greenlight-tests-")
os.environ["DATA_DIR"] = FOLDER.name

from console.settings import *  # noqa: E402, F403
from console.settings import DATABASES, STORAGES  # noqa: E402

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
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
