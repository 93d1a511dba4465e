"""Lists and look-ups of calls."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from calls.agents.models import Agent
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib import ids
from calls.records import states
from calls.records.models import Call
from calls.tenants import scope
from calls.tenants.models import Member, Tenant


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


def series_of(call: Call) -> list[Call]:
    """The call that was dialled again, and its redials in their order; empty for a call that was not."""
    first = call.redial_of_id or call.pk
    rows = Call.objects.filter(Q(pk=first) | Q(redial_of=first)).order_by("redial_number")
    found = list(rows)
    return found if len(found) > 1 else []


def calls_of(
    tenant: Tenant, wanted: CallFilter | None = None, *, orgs: frozenset[str] | None = None
) -> QuerySet[Call]:
    """The tenant's calls that match, newest first; the order is stable.

    `orgs` is the reader's limit: only calls of these business units, and those of none.
    """
    rows = Call.objects.filter(tenant=tenant).order_by("-id")
    rows = rows.filter(scope.of_orgs(orgs))
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


@dataclass(frozen=True, slots=True)
class Slice:
    """Some calls of a list, newest first, and whether there are more on either side."""

    calls: list[Call]
    has_newer: bool
    has_older: bool


def slice_of(rows: QuerySet[Call], *, size: int, before: str = "", after: str = "") -> Slice:
    """Up to `size` calls: those just older than the call `before`, or just newer than `after`.

    Walks by key, so a page costs the same however deep it lies. Ids that are none mean the newest.
    """
    older_than, newer_than = ids.parse(Call.PREFIX, before), ids.parse(Call.PREFIX, after)
    if newer_than:
        found = list(rows.filter(pk__gt=newer_than).order_by("id")[: size + 1])
        return Slice(found[:size][::-1], has_newer=len(found) > size, has_older=True)
    found = list((rows.filter(pk__lt=older_than) if older_than else rows)[: size + 1])
    return Slice(found[:size], has_newer=older_than is not None, has_older=len(found) > size)


def newer_than(rows: QuerySet[Call], call_sid: str, *, most: int) -> int:
    """How many of these calls came after `call_sid`, counted up to `most`."""
    key = ids.parse(Call.PREFIX, call_sid)
    return rows.filter(pk__gt=key)[:most].count() if key else 0


def scheduled_calls(
    tenant: Tenant, *, now: datetime, orgs: frozenset[str] | None
) -> QuerySet[Call]:
    """Queued calls whose minute is still to come, soonest first."""
    waiting = CallFilter(state=states.QUEUED, due_after=now)
    return calls_of(tenant, waiting, orgs=orgs).order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class GreetingUse:
    """Where a greeting is used: agents that open with it, calls that wait with its words, calls ever."""

    agents: list[Agent]
    waiting: int
    calls: int


def use_of(greeting: Greeting) -> GreetingUse:
    """Who would notice if the words of this greeting changed or were withdrawn."""
    spoken = Call.objects.filter(tenant=greeting.tenant_id, greeting_revision__greeting=greeting)
    counts = spoken.aggregate(
        waiting=Count("id", filter=Q(state__in=states.WAITING)), calls=Count("id")
    )
    agents = Agent.objects.filter(default_greeting=greeting).order_by("name")
    return GreetingUse(agents=list(agents), **counts)


def calls_waiting_with(revision: GreetingRevision) -> QuerySet[Call]:
    """The calls that wait to speak exactly these words, soonest first; a withdrawal stops them."""
    rows = Call.objects.filter(greeting_revision=revision, state__in=states.WAITING)
    return rows.select_related("org").order_by("due_at", "id")


def held_to_settle(*, now: datetime, most: int) -> list[UUID]:
    """Held calls whose words were decided about, or whose time is over; whose ends first, first."""
    asked = Review.objects.filter(revision=OuterRef("greeting_revision"), decision=Review.OPEN)
    held = Call.objects.filter(state=states.HELD).filter(Q(expires_at__lte=now) | ~Exists(asked))
    return list(held.order_by("expires_at").values_list("pk", flat=True)[:most])


def held_for(revision: GreetingRevision) -> int:
    """How many calls wait for the decision about these words."""
    return Call.objects.filter(greeting_revision=revision, state=states.HELD).count()


def waiting_with(revision: GreetingRevision) -> int:
    """How many calls wait to speak exactly these words; without an approval their gate refuses them."""
    return calls_waiting_with(revision).count()


def waiting_for(requester_ids: Iterable[str]) -> int:
    """How many calls wait that these keys or members asked for."""
    asked = Call.objects.filter(requester_id__in=list(requester_ids))
    return asked.filter(state__in=states.WAITING).count()


@dataclass(frozen=True, slots=True)
class Asked:
    """How many calls a key or member asked for lately, and how many of all wait."""

    last_day: int = 0
    last_week: int = 0
    waiting: int = 0


def asked_with(
    requester_ids: Iterable[str], *, tenant_id: UUID | None, now: datetime
) -> dict[str, Asked]:
    """What these keys or members of a tenant asked for: what would break without them."""
    own = Call.objects.filter(tenant=tenant_id, requester_id__in=list(requester_ids)).order_by()
    since = ids.floor(now - timedelta(days=7))
    lately = own.filter(pk__gte=since).values_list("requester_id")
    today = Q(pk__gte=ids.floor(now - timedelta(days=1)))
    found = lately.annotate(day=Count("id", filter=today), week=Count("id"))
    counts = {asked: (day, week) for asked, day, week in found}
    waiting = own.filter(state__in=states.WAITING).values_list("requester_id")
    waits = dict(waiting.annotate(calls=Count("id")))
    return {
        asked: Asked(*counts.get(asked, (0, 0)), waits.get(asked, 0))
        for asked in counts.keys() | waits.keys()
    }


def waiting_by_switch(tenant: Tenant) -> list[tuple[UUID, UUID, int]]:
    """How many calls of the tenant wait, by route and agent: what a kill switch would hold."""
    waiting = Call.objects.filter(tenant=tenant, state__in=states.WAITING).order_by()
    return list(waiting.values_list("route", "agent").annotate(calls=Count("id")))


def members_to_tell(*, now: datetime, most: int) -> list[Member]:
    """Whose calls were refused without their knowing, the longest waiting first."""
    due = Call.objects.filter(tell_at__lte=now).order_by().values("requester_id")
    waiting = due.annotate(first=Min("tell_at")).order_by("first").values_list("requester_id")
    keys = [ids.must_parse(Member.PREFIX, asked) for (asked,) in waiting[:most]]
    found = Member.objects.select_related("user", "tenant").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def untold_calls(member: Member, *, most: int) -> list[Call]:
    """The refused calls somebody has not heard of, those due first in front."""
    rows = Call.objects.filter(tell_at__isnull=False, requester_id=member.public_id)
    rows = rows.filter(tenant=member.tenant_id).select_related("org")
    return list(rows.order_by("due_at", "id")[:most])


@dataclass(frozen=True, slots=True)
class AgentUse:
    """Who would notice a change of an agent.

    `waiting` calls speak with whichever version is published when they are dialled; `named` counts the
    waiting calls of each version that was named explicitly; `words` greetings are approved for this
    agent alone, and `worded` calls wait to speak such words.
    """

    waiting: int
    named: dict[UUID, int]
    words: int
    worded: int


def use_of_agent(agent: Agent) -> AgentUse:
    """What waits for an agent, and which approvals are bound to it."""
    waits = Call.objects.filter(tenant=agent.tenant_id, agent=agent, state__in=states.WAITING)
    counts = dict(
        waits.filter(version_chosen=True)
        .values_list("agent_version_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return AgentUse(
        waiting=waits.filter(version_chosen=False).count(),
        named={key: n for key, n in counts.items() if key},
        words=Greeting.objects.filter(agent=agent, live_revision__isnull=False).count(),
        worded=waits.filter(greeting_revision__greeting__agent=agent).count(),
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """Calls that somebody should know of now: for a person, being looked up, later than they should be."""

    needs_human: int
    unknown: int
    late: int


LATE_AFTER = timedelta(minutes=2)


def trouble_of(tenant: Tenant, *, now: datetime, orgs: frozenset[str] | None = None) -> Trouble:
    """What is not as it should be among the tenant's calls, in one query."""
    at_risk = (states.NEEDS_HUMAN, states.UNKNOWN, states.QUEUED)
    counts = (
        calls_of(tenant, orgs=orgs)
        .filter(state__in=at_risk)
        .order_by()
        .aggregate(
            needs_human=Count("id", filter=Q(state=states.NEEDS_HUMAN)),
            unknown=Count("id", filter=Q(state=states.UNKNOWN)),
            late=Count("id", filter=Q(state=states.QUEUED, due_at__lt=now - LATE_AFTER)),
        )
    )
    return Trouble(**counts)
