"""Tell the running sandbox carrier where to send its events, with a fresh token and secret."""

import secrets
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from calls.audit.actor import system
from calls.lib.secrets import Undecryptable
from calls.lib.signing import new_secret
from calls.routes import actions as routes
from calls.routes import queries
from calls.routes.models import CarrierAccount

OPERATOR = system("connect_sandbox")


class Command(BaseCommand):
    """`manage.py connect_sandbox`: run at every start, once the sandbox answers."""

    help = "Point the sandbox carrier's webhooks at this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        """Point each sandbox account; Twilio's face is told with each request where to send its events."""
        for account in CarrierAccount.objects.filter(carrier__in=CarrierAccount.SANDBOXES):
            try:
                self._connect(account)
            except Undecryptable as problem:
                why, now = str(problem), timezone.now()
                routes.pause_account(account=account, actor=OPERATOR, now=now, reason=why)
                self.stderr.write(f"{account} is paused. {why}")

    def _connect(self, account: CarrierAccount) -> None:
        if account.carrier == CarrierAccount.SANDBOX_TWILIO:
            self._point(account, token=secrets.token_urlsafe(32), hook_secrets=[])
            sid = queries.access_to(account).api_key.partition(":")[0]
            _announce(account, key=sid, orders={})
        else:
            token, secret = secrets.token_urlsafe(32), new_secret()
            self._point(account, token=token, hook_secrets=[secret])
            hook = f"{settings.PUBLIC_URL}/hooks/stateset/{token}"
            orders = {"webhook_url": hook, "webhook_secret": secret}
            _announce(account, key=queries.access_to(account).api_key, orders=orders)

    def _point(self, account: CarrierAccount, *, token: str, hook_secrets: list[str]) -> None:
        routes.point_hooks(
            account=account,
            base_url=settings.SANDBOX_URL,
            token=token,
            hook_secrets=hook_secrets,
            actor=OPERATOR,
            now=timezone.now(),
        )


def _announce(account: CarrierAccount, *, key: str, orders: dict[str, str]) -> None:
    with httpx.Client(base_url=account.base_url, trust_env=False, timeout=5.0) as client:
        named = {"name": account.name} | orders
        client.put(f"/control/accounts/{key}", json=named).raise_for_status()
