"""What a house's hands can do, each inside the house with its settings: `python -m tests.faults.acts`."""

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any
from uuid import UUID

import django

from console.processes import PR_SET_PDEATHSIG

FROZEN_FOR = 300.0  # seconds, as its own clock tells a child that wakes up

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
def point(*, base_url: str) -> None:
    """Give the demo tenant's carrier account another address; no verb does it alone."""
    from calls.routes.models import CarrierAccount

    CarrierAccount.objects.update(base_url=base_url)


@act
def credential() -> str:
    """What the demo tenant's carrier account is asked with now; no page and no verb tells it."""
    from calls.routes.models import CarrierAccount
    from calls.routes.queries import access_to

    return access_to(CarrierAccount.objects.get(tenant__slug="acme")).api_key


@act
def change_credential(*, api_key: str) -> None:
    """Give the demo tenant's carrier account another credential; paused, it stays paused."""
    from django.utils import timezone

    from calls.audit.actor import system
    from calls.routes import actions as routes
    from calls.routes.models import CarrierAccount

    routes.change_credential(
        account=CarrierAccount.objects.get(tenant__slug="acme"),
        api_key=api_key,
        actor=system("tests"),
        now=timezone.now(),
    )


@act
def on_unknown(*, policy: str) -> None:
    """What the demo tenant wants when a call's outcome stays unknown: hold, or redial."""
    from django.utils import timezone

    from calls.audit.actor import system
    from calls.tenants import actions as tenants
    from calls.tenants.models import Tenant

    tenant = Tenant.objects.get(slug="acme")
    tenants.change_tenant(
        tenant=tenant, actor=system("tests"), now=timezone.now(), unknown_outcome=policy
    )


@act
def resume() -> None:
    """Let every carrier account be asked again, whether it was paused or broke."""
    from django.utils import timezone

    from calls.audit.actor import system
    from calls.routes import actions as routes
    from calls.routes.models import CarrierAccount

    given: Any = {"actor": system("tests"), "now": timezone.now()}
    for account in CarrierAccount.objects.all():
        routes.close_breaker(account=account, **given)
        if account.paused_at:
            routes.resume_account(account=account, **given)


@act
def crowd(*, count: int, expired: int) -> list[str]:
    """So many calls of the demo tenant, due a second ago; of `expired` of them the time has run out."""
    from datetime import timedelta

    from django.utils import timezone

    from calls.lib import ids
    from calls.records.models import Call, CallEvent

    now = timezone.now()
    like = (
        Call.objects.filter(tenant__slug="acme", door="api").exclude(state="refused").latest("id")
    )
    calls, events = [], []
    for number in range(count):
        call = Call.objects.get(pk=like.pk) if not calls else copy(calls[0])
        call.pk, call.idempotency_key, call.to = ids.new_id(), None, f"+1555{9_000_000 - number}"
        call.state, call.outcome, call.fence, call.carrier_call_id = "queued", "waiting", 0, None
        call.created_at = call.due_at = now - timedelta(seconds=1)
        call.expires_at = (
            now - timedelta(seconds=1) if number < expired else now + timedelta(days=1)
        )
        call.lease_until = call.next_check_at = call.ended_at = call.started_at = None
        call.dialled_at, call.duration_seconds, call.checks, call.disposition = None, None, 0, ""
        calls.append(call)
        events.append(
            CallEvent(call=call, what="accepted", source="api", at=now, outcome_after="waiting")
        )
    Call.objects.bulk_create(calls, batch_size=500)
    CallEvent.objects.bulk_create(events, batch_size=500)
    return [call.sid for call in calls]


@act
def place_for_other_tenant(*, count: int) -> list[str]:
    """Calls of the second demo tenant, accepted now as its support would ask for them."""
    from django.utils import timezone

    from calls.placing import actions as placing
    from calls.placing.ask import Ask
    from calls.tenants.models import Member
    from calls.tenants.scope import member_actor

    member = Member.objects.get(tenant__slug="globex", role="support")
    asks = (Ask(to=f"+1555{8_000_000 - number}") for number in range(count))
    given: Any = {"tenant": member.tenant, "actor": member_actor(member), "now": timezone.now()}
    return [placing.place_call(ask=ask, **given).call.sid for ask in asks]


@act
def lateness(*, sids: list[str]) -> list[float]:
    """How many seconds after they were due each of these was asked for at the carrier."""
    from calls.dispatch.models import Attempt

    tries = Attempt.objects.filter(call__in=map(_key, sids), number=1).select_related("call")
    return [(one.intent_at - one.call.created_at).total_seconds() for one in tries]


@act
def promises(*, placed: list[str]) -> dict[str, Any]:
    """What the oracle finds broken; empty when every promise holds."""
    from tests.faults import oracle

    return {name: found for name, found in oracle.broken(placed=placed).items() if found}


@act
def dial(
    *, sids: list[str], cut: str = "", hasty: float = 0.0, beside: int = 8
) -> dict[str, list[Any]]:
    """Dial each call in a child of its own; for each how the child ended, and its process id.

    `cut`: where the child is taken away; `hasty`: the longest wait for an answer; `beside`: how many dial at
    the same time. For a child that was frozen and goes on, FROZEN_FOR has passed.
    """
    ended: dict[str, list[Any]] = {}
    for start in range(0, len(sids), beside):
        children = {sid: _fork(sid, cut, hasty) for sid in sids[start : start + beside]}
        ended |= {sid: [_how(pid), pid] for sid, pid in children.items()}
    return ended


@act
def race(*, sids: list[str], beside: int) -> list[int]:
    """Let that many children claim and dial the same calls, all in the same order; what each carried out."""
    from calls.dispatch.dial import dial as carry

    def run(ready: int, out: int) -> None:
        os.read(ready, 1)
        won = sum(carry(call_id=_key(sid)) for sid in sids)
        os.write(out, f"{won}\n".encode())

    ready, go = os.pipe()
    found, out = os.pipe()
    pids = [_child(lambda: run(ready, out)) for _ in range(beside)]
    os.write(go, b"." * beside)
    assert {_how(pid) for pid in pids} == {"done"}
    os.close(out)
    with os.fdopen(found) as won:
        counts = [int(line) for line in won]
    for end in (ready, go):
        os.close(end)
    return counts


@act
def thaw(*, pids: list[int]) -> list[str]:
    """Let frozen children go on; how each ended."""
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    return [_how(pid) for pid in pids]


def _fork(sid: str, orders: str, hasty: float) -> int:
    from calls.dispatch.dial import dial as carry
    from calls.lib import cut, http

    naps: list[float] = []

    def run() -> None:
        signal.signal(signal.SIGCONT, lambda *_: naps.append(FROZEN_FOR))
        cut.arm(orders)
        if hasty:
            http.Timeouts = partial(http.Timeouts, read=hasty)  # type: ignore[misc,assignment]
        carry(call_id=_key(sid), clock=lambda: time.monotonic() + sum(naps))

    return _child(run)


def _child(run: Callable[[], None]) -> int:
    """Fork; the child runs this and ends, at the latest with its parent."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _how(pid: int) -> str:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return "frozen"
    if os.WIFSIGNALED(status):
        return (
            "killed" if os.WTERMSIG(status) == signal.SIGKILL else f"signal {os.WTERMSIG(status)}"
        )
    return "failed" if os.WEXITSTATUS(status) else "done"


def _key(sid: str) -> UUID:
    return UUID(hex=sid[2:])


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
