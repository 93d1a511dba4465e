"""Seed the demo tenants once, and write what a person needs to try them to DATA_DIR/demo.json."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from calls.management import demo
from calls.tenants.models import Tenant


class Command(BaseCommand):
    """`manage.py seed_demo`: safe to run at every start; existing data is kept."""

    help = "Seed the demo tenants once and write DATA_DIR/demo.json."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.DATA_DIR) / "demo.json"
        if Tenant.objects.exists():
            known = json.loads(path.read_text()) if path.exists() else {}
        else:
            known = _seed()
        urls = {"url": settings.PUBLIC_URL, "sandbox_url": settings.SANDBOX_URL}
        path.write_text(
            json.dumps(urls | {k: v for k, v in known.items() if k not in urls}, indent=2)
        )
        path.chmod(0o600)


@transaction.atomic
def _seed() -> dict[str, Any]:
    now = timezone.now()
    acme = demo.seed_acme(sandbox_url=settings.SANDBOX_URL, now=now)
    globex = demo.seed_globex(sandbox_url=settings.SANDBOX_URL, now=now)
    demo.seed_registry(now=now)
    platform, admin_key = demo.seed_platform(now=now)
    return {
        "tenant": acme.tenant.slug,
        "api_key": acme.api_key,
        "admin_key": admin_key,
        "users": [*acme.users, platform],
        "other_tenant": {
            "tenant": globex.tenant.slug,
            "api_key": globex.api_key,
            "users": globex.users,
        },
    }
