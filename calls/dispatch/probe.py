"""Ask a carrier that did not answer whether it does again, with a GET: never with a call."""

from datetime import datetime

from calls.carriers.base import REFUSALS, CarrierUnavailable, Evidence, carrier_for
from calls.dispatch import health
from calls.dispatch.actions import DISPATCH, REJECTED
from calls.lib.secrets import Undecryptable
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to


def probe(*, account: CarrierAccount, now: datetime) -> bool:
    """Ask once; True when the carrier answered and calls go out again."""
    if not routes.take_probe(account=account, now=now, until=now + health.LONGEST_PROBE):
        return False
    try:
        carrier_for(access_to(account)).check()
    except CarrierUnavailable as trouble:
        if REFUSALS.get(trouble.status or 0) == Evidence.CREDENTIALS:
            routes.pause_account(account=account, actor=DISPATCH, now=now, reason=REJECTED)
    except Undecryptable as problem:
        routes.pause_account(account=account, actor=DISPATCH, now=now, reason=str(problem))
    except KeyError:
        pass  # no client for this carrier: asking again costs nothing
    else:
        routes.close_breaker(account=account, actor=DISPATCH, now=now)
        return True
    routes.plan_probe(account=account, at=now + health.PROBE_EVERY)
    return False
