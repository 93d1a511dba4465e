"""Every cap on one call, put the way the gates look at them: the law's, the house's, the tenant's own."""

from datetime import datetime
from decimal import Decimal

from calls.limits import counting
from calls.limits.counting import Cap, Standing
from calls.limits.queries import caps_of
from calls.placing import tallies
from calls.placing.resolve import Resolved
from calls.policy.facts import CapFacts, SpendFacts
from calls.policy.rulebook import Law
from calls.policy.rulefile import Cap as LawCap
from calls.records.models import Call


def caps_on(resolved: Resolved, law: Law, found: list[Cap]) -> list[Cap]:
    """What caps this call at all: what was `found` set, and the law's, but those not where nobody rings."""
    return found if _rings_nobody(resolved) else [*found, *map(_of_law, law.caps)]


def set_caps(resolved: Resolved, *, at: datetime) -> list[Cap]:
    """What the house, whoever runs it and the tenant cap, in one query: all but the law's, which caps no pace."""
    return caps_of(resolved.tenant, at=at, is_exempt=_rings_nobody(resolved))


def frequency(
    resolved: Resolved, caps: list[Cap], *, now: datetime, due: datetime, call: Call | None
) -> tuple[CapFacts, ...]:
    """Where the caps on this callee stand; a call on record does not stand in its own way."""
    found = tallies.frequency(
        tenant=resolved.tenant,
        e164=resolved.number.e164,
        caps=caps,
        at=due,
        now=now,
        and_waiting=call is None,
        except_call=call.pk if call else None,
    )
    return tuple(map(_fact, found))


def velocity(
    resolved: Resolved,
    caps: list[Cap],
    *,
    requester_id: str,
    now: datetime,
    except_call: Call | None = None,
) -> tuple[CapFacts, ...]:
    """Where the caps on pace stand for one more call asked for at `now`, or for `except_call` itself."""
    subjects = tallies.subjects_of(
        tenant=resolved.tenant,
        requester_id=requester_id,
        route=resolved.route,
        agent=resolved.agent,
        number=resolved.number,
    )
    found = tallies.velocity(
        tenant=resolved.tenant,
        caps=caps,
        subjects=subjects,
        at=now,
        except_call=except_call.pk if except_call else None,
    )
    return tuple(map(_fact, found))


def spend(
    resolved: Resolved, caps: list[Cap], *, now: datetime, call: Call | None
) -> SpendFacts | None:
    """Today's spending against the lowest cap on it; None where nothing is capped or has no price."""
    price = resolved.route.account.price_per_minute
    today = tallies.spent_today(resolved.tenant, now, caps=caps) if price else None
    if today is None:
        return None
    # A claimed call is among those under way already, with its first minute.
    return SpendFacts(today.spent, Decimal(0) if call else price, today.most, today.until)


def _rings_nobody(resolved: Resolved) -> bool:
    return resolved.tenant.is_sandbox and resolved.number.is_fictional


def _of_law(cap: LawCap) -> Cap:
    window = cap.hours * counting.HOUR
    return Cap(counting.CALLEE, cap.most, window, why=cap.source, origin="law")


def _fact(standing: Standing) -> CapFacts:
    return CapFacts(standing.cap.what, standing.cap.why, standing.next_free)
