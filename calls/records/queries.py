"""Lists and look-ups of calls."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from calls.lib import ids
from calls.records import states
from calls.records.models import Call
from calls.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What to list; empty means all. `since` and `until` bound the instant the call was asked for."""

    state: str = ""
    outcome: str = ""
    status: str = ""
    reason: str = ""
    route: str = ""
    agent_key: str = ""
    org: str = ""
    door: str = ""
    reference: str = ""
    call_sid: str = ""
    number: str = ""
    since: datetime | None = None
    until: datetime | None = None
    due_after: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it lists everything."""
        return not any(getattr(self, field.name) for field in fields(self))


def locked(call_id: UUID) -> Call:
    """A call's row, locked until the caller's transaction ends."""
    return Call.objects.select_for_update(of=("self",)).select_related("account").get(pk=call_id)


def calls_of(
    tenant: Tenant, wanted: CallFilter | None = None, *, orgs: frozenset[str] | None = None
) -> QuerySet[Call]:
    """The tenant's calls that match, newest first; the order is stable.

    `orgs` is the reader's limit: only calls of these business units, and those of none.
    """
    rows = Call.objects.filter(tenant=tenant).order_by("-id")
    if orgs is not None:
        rows = rows.filter(Q(org=None) | Q(org__key__in=orgs))
    rows = rows.select_related("route", "agent", "agent_version", "org", "greeting_revision")
    return rows.filter(_condition(wanted)) if wanted else rows


def _condition(wanted: CallFilter) -> Q:
    exact: dict[str, Any] = {
        "state": wanted.state,
        "outcome": wanted.outcome,
        "reason": wanted.reason,
        "caller_id": wanted.route,
        "agent__agent_key": wanted.agent_key,
        "org__key": wanted.org,
        "door": wanted.door,
        "reference": wanted.reference,
        "created_at__gte": wanted.since,
        "created_at__lt": wanted.until,
        "due_at__gt": wanted.due_after,
    }
    if wanted.outcome == "placed":
        exact |= {"outcome": None, "outcome__in": states.PLACED_OUTCOMES}
    condition = Q(**{name: value for name, value in exact.items() if value})
    if wanted.status:
        condition &= Q(state__in=[s for s, w in states.PUBLIC_STATUS.items() if w == wanted.status])
    if wanted.call_sid:
        condition &= Q(id__in=_ids(wanted.call_sid))
    if wanted.number:
        condition &= _either_end(wanted.number)
    return condition


def _ids(call_sid: str) -> list[UUID]:
    found = ids.parse(Call.PREFIX, call_sid)
    return [found] if found else []


def _either_end(number: str) -> Q:
    digits = "".join(character for character in number if character.isdigit())
    return Q(to__startswith=f"+{digits}") | Q(to__endswith=digits) if digits else Q(pk__in=[])
