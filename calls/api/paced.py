"""Every request below /api/v1 is counted before anything is done with it, and its answer says how it stands.

Whoever has a key in force is counted with the key and its tenant, everybody else by address.
"""

import random

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from calls.api import counters, errors, pace
from calls.api.endpoint import address_of, presented_key
from calls.api.pace import Pace, Share
from calls.tenants.models import ApiKey


def refusal_of(request: HttpRequest) -> HttpResponse | None:
    """The answer to one request too many, or to one in the clear, whose key is not looked at; None lets it go on."""
    now = timezone.now()
    in_the_clear = errors.in_the_clear(request)
    try:
        key = None if in_the_clear else presented_key(request, now)
    except DatabaseError as problem:
        return errors.unavailable(request, problem)
    shares = shares_of(key, address_of(request))
    found = pace_of(shares, now.timestamp())
    request.pace = found  # type: ignore[attr-defined]
    return errors.refused(request, found.refusal) if found.refusal else in_the_clear


def pace_of(shares: list[Share], at: float) -> Pace:
    """Take one from each share; where nobody counts, nothing is taken (decision 21)."""
    ceilings = {share.counter(at): share.most for share in shares}
    taken = counters.take(ceilings, seconds=2 * pace.MINUTE) or [0] * len(shares)
    return pace.judge(shares, taken, at=at, jitter=random.random())  # noqa: S311


def shares_of(key: ApiKey | None, address: str) -> list[Share]:
    """Out of whose shares a request is taken."""
    if key is None:
        who = pace.neighbourhood(address)
        return [Share(pace.ADDRESS, who, settings.RATE_LIMIT_PER_ADDRESS)]
    shares = [Share(pace.KEY, key.public_id, settings.RATE_LIMIT_PER_KEY)]
    if key.tenant is not None:
        most = key.tenant.requests_per_minute or settings.RATE_LIMIT_PER_TENANT
        shares.append(Share(pace.TENANT, key.tenant.public_id, most))
    return shares


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """Say in the headers how many requests are left."""
    found: Pace | None = getattr(request, "pace", None)
    if found:
        response["X-RateLimit-Limit"] = str(found.limit)
        response["X-RateLimit-Remaining"] = str(found.remaining)
