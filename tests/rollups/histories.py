"""Random lives of calls, led through the same verbs as real ones, and counting them the slow way."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from calls.agents import actions as agents
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.rollups.fold import Bucket
from calls.rollups.models import NO_VERSION, HourlyStat
from calls.routes import actions as routes
from calls.routes.models import PhoneRoute
from tests.world import NOW, SEED, World, account_of

HOURS = [NOW + timedelta(hours=n, minutes=59 * n) for n in range(3)]
CODES = ("dnc_listed", "outside_hours")
# Per life: where and when it was asked for, then one choice for each step on its way.
LIVES = st.tuples(
    st.integers(0, 2), st.sampled_from(HOURS), st.lists(st.integers(0, 99), max_size=8)
)


def routes_of(world: World) -> list[PhoneRoute]:
    """Two of Acme's and one of Globex's; and two more versions that calls may turn to."""
    for _ in range(2):
        agents.add_version(agent=world.agent, actor=SEED, now=NOW, config={})
    own: dict[str, Any] = {"actor": SEED, "now": NOW}
    theirs = account_of(world.globex)
    return [
        world.route,
        routes.add_route(tenant=world.acme, number="+15555550002", account=world.account, **own),
        routes.add_route(tenant=world.globex, number="+15555550003", account=theirs, **own),
    ]


def begin(world: World, route: PhoneRoute, asked: datetime, choice: int) -> Call:
    """A call that was accepted, or refused (then perhaps without a version)."""
    refused = choice % 3 == 0
    call = Call(
        tenant=route.tenant,
        to="+15555555678",
        route=route,
        account=route.account,
        caller_id=route.number,
        agent=world.agent,
        agent_version=None if refused and choice % 2 else world.version,
        greeting_revision=world.appointment.live_revision,
        created_at=asked,
        due_at=asked,
        expires_at=asked + timedelta(days=1),
        state=states.REFUSED if refused else states.QUEUED,
        reason=CODES[choice % 2] if refused else "",
    )
    return records.open_call(call=call, source="test", now=asked)


def step(call: Call, choice: int) -> None:
    """The next thing that happens: a move that is allowed, a late fact, or only a note."""
    after = sorted(states.MOVES[call.state])
    if after and choice % 4:
        to = after[choice % len(after)]
        gate: dict[str, Any] = (
            {"reason": CODES[choice % 2]} if to == states.REFUSED else {"reason": ""}
        )
        lease = NOW if to == states.DISPATCHING else None
        records.move(call=call, to=to, what=to, source="test", now=NOW, lease_until=lease, **gate)
    elif call.state == states.COMPLETED:
        words = ("voicemail", "answered", "opted_out")
        records.enrich(call=call, source="test", now=NOW, disposition=words[choice % 3])
    elif choice % 2 and call.agent_version:
        others = call.agent_version.agent.versions.exclude(pk=call.agent_version_id)
        other = others.order_by("number")[choice % others.count()]
        records.speak_with(call=call, version=other, source="test", now=NOW)
    else:
        records.note_event(call=call, what="note", source="test", now=NOW)


def counted_by_hand() -> dict[Bucket, int]:
    """GROUP BY of the calls themselves."""
    return Counter(
        Bucket(
            tenant_id=call.tenant_id,
            hour=call.created_at.replace(minute=0, second=0, microsecond=0),
            route_id=call.route_id,
            agent_version_id=call.agent_version_id or NO_VERSION,
            outcome=call.outcome,
            reason=call.reason if call.outcome == "refused" else "",
        )
        for call in Call.objects.all()
    )


def counted_by_folding() -> dict[Bucket, int]:
    """The hourly counts as they are stored, empty cells left out."""
    names = [*Bucket.__dataclass_fields__, "count"]
    rows = HourlyStat.objects.exclude(count=0).values_list(*names)
    return {Bucket(*row[:-1]): row[-1] for row in rows}
