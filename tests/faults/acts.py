"""What a house's hands can do, each inside the house with its settings: `python -m tests.faults.acts`."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django

ACTS: dict[str, Callable[..., Any]] = {}


def act(function: Callable[..., Any]) -> Callable[..., Any]:
    """One thing that can be asked for by its name."""
    ACTS[function.__name__] = function
    return function


@act
def widen(*, cps: float, concurrency: int) -> None:
    """Give every carrier account more lines and a faster pace; no verb does it."""
    from calls.routes.models import CarrierAccount

    CarrierAccount.objects.update(cps=cps, concurrency=concurrency)


@act
def resume() -> None:
    """Let the demo tenant's carrier account be asked again."""
    from django.utils import timezone

    from calls.audit.actor import system
    from calls.routes import actions as routes
    from calls.routes.models import CarrierAccount

    for account in CarrierAccount.objects.filter(paused_at__isnull=False):
        routes.resume_account(account=account, actor=system("tests"), now=timezone.now())


@act
def promises(*, placed: list[str]) -> dict[str, Any]:
    """What the oracle finds broken; empty when every promise holds."""
    from tests.faults import oracle

    return {name: found for name, found in oracle.broken(placed=placed).items() if found}


def main() -> None:
    """Do one act for each line that comes in, until none comes."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever is printed goes to the log
    django.setup()
    for line in sys.stdin:
        name, given = json.loads(line)
        out.write(json.dumps(_done(name, given), default=str) + "\n")
        out.flush()


def _done(name: str, given: dict[str, Any]) -> dict[str, Any]:
    from django.db import connection

    try:
        return {"gave": ACTS[name](**given)}
    except Exception:
        return {"failed": traceback.format_exc()}
    finally:
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()


if __name__ == "__main__":
    main()
