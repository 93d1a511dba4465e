"""Ask a carrier whether it answers, with a GET: never with a call. By itself, or because somebody asked."""

import logging
from dataclasses import dataclass
from datetime import datetime

from calls.audit.actor import Actor
from calls.carriers.base import (
    REFUSALS,
    CarrierUnavailable,
    Evidence,
    NoClient,
    carrier_for,
    carrier_over,
)
from calls.dispatch import health
from calls.dispatch.actions import DISPATCH, REJECTED
from calls.lib.http import KeptClient, Timeouts
from calls.lib.public import Turn
from calls.lib.secrets import Undecryptable
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from calls.tenants import scope

log = logging.getLogger(__name__)

# Somebody waits before a screen.
HASTY = Timeouts(connect=5.0, write=5.0, read=10.0, total=15.0)
TURN = Turn()
ACCEPTED, REFUSED, UNCLEAR = "accepted", "refused", "unclear"
NO_ANSWER, SEALED = "no_answer", "sealed"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying a credential: one of the words above, the HTTP status if any, and a sentence."""

    outcome: str
    status: int | None = None
    why: str = ""


def probe(*, account: CarrierAccount, now: datetime) -> bool:
    """Ask once; True when the carrier answered and calls go out again."""
    if not routes.take_probe(account=account, now=now, until=now + health.LONGEST_PROBE):
        return False
    try:
        carrier_for(access_to(account)).check()
    except CarrierUnavailable as trouble:
        _say(account, trouble)
        if REFUSALS.get(trouble.status or 0) == Evidence.CREDENTIALS:
            routes.pause_account(account=account, actor=DISPATCH, now=now, reason=REJECTED)
    except Undecryptable as problem:
        routes.pause_account(account=account, actor=DISPATCH, now=now, reason=str(problem))
    except NoClient as problem:
        _say(account, problem)  # asking again costs nothing
    else:
        routes.close_breaker(account=account, actor=DISPATCH, now=now)
        return True
    routes.plan_probe(account=account, at=now + health.PROBE_EVERY)
    return False


def _say(account: CarrierAccount, why: Exception) -> None:
    log.warning("still no answer", extra={"account": account.public_id, "why": str(why)})


def try_credential(*, account: CarrierAccount, actor: Actor) -> Tried:
    """Ask once with an account's credential, for whoever may change it. Raises NotPermitted, NotFound, Busy."""
    scope.must_hold(actor, account.tenant_id, "keys:write")
    scope.must_act_for_all(actor)
    with TURN.taken():
        return _ask_once(account)


def _ask_once(account: CarrierAccount) -> Tried:
    client = KeptClient(timeouts=HASTY, inside=account.is_sandbox)
    try:
        carrier_over(access_to(account), client).check()
    except Undecryptable as problem:
        return Tried(SEALED, why=str(problem))
    except NoClient as problem:
        return Tried(NO_ANSWER, why=str(problem))
    except CarrierUnavailable as trouble:
        return _judged(trouble)
    finally:
        client.close()
    return Tried(ACCEPTED, 200)


def _judged(trouble: CarrierUnavailable) -> Tried:
    if trouble.status is None:
        return Tried(NO_ANSWER, why=trouble.reason)
    refused = REFUSALS.get(trouble.status) == Evidence.CREDENTIALS
    return Tried(REFUSED if refused else UNCLEAR, trouble.status, trouble.reason)
