"""Tell the running sandbox carrier where to send its events, with a fresh token and secret."""

import secrets
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from calls.audit.actor import system
from calls.carriers.base import AccountAccess
from calls.lib.signing import new_secret
from calls.routes import actions as routes
from calls.routes import queries
from calls.routes.models import CarrierAccount


class Command(BaseCommand):
    """`manage.py connect_sandbox`: run at every start, once the sandbox answers."""

    help = "Point the sandbox carrier's webhooks at this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        for account in CarrierAccount.objects.filter(carrier=CarrierAccount.SANDBOX):
            token, secret = secrets.token_urlsafe(32), new_secret()
            routes.point_hooks(
                account=account,
                base_url=settings.SANDBOX_URL,
                token=token,
                hook_secrets=[secret],
                actor=system("connect_sandbox"),
                now=timezone.now(),
            )
            _announce(
                queries.access_to(account),
                {
                    "name": account.name,
                    "webhook_url": f"{settings.PUBLIC_URL}/hooks/stateset/{token}",
                    "webhook_secret": secret,
                },
            )


def _announce(access: AccountAccess, orders: dict[str, str]) -> None:
    with httpx.Client(base_url=access.base_url, trust_env=False, timeout=5.0) as client:
        client.put(f"/control/accounts/{access.api_key}", json=orders).raise_for_status()
