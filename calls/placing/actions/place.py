"""The one entrance of every call: judge it, then accept or refuse it durably; or only judge it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.lib.later import later
from calls.placing import queries, resolve
from calls.placing.ask import Ask
from calls.placing.judge import Preview, judge, twin_of
from calls.policy.decide import decide
from calls.policy.facts import Facts
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call, Receipt
from calls.tenants import scope
from calls.tenants.models import Tenant

EXPIRES_AFTER = timedelta(hours=24)
SCHEDULED_EXPIRES_AFTER = timedelta(hours=1)


class CallRefused(Refusal):
    """A gate refused; the call is kept in state `refused` with its receipt."""

    status = 409

    def __init__(self, call: Call, verdicts: list[dict[str, object]], replayed: bool) -> None:
        self.call = call
        self.verdicts = [verdict for verdict in verdicts if verdict["outcome"] != "pass"]
        self.replayed = replayed
        first = self.verdicts[0]
        self.code = str(first["code"])
        super().__init__(str(first["message"]))

    @property
    def retry_at(self) -> datetime | None:
        """When every refusal will have cleared; None if one of them never will."""
        instants = [verdict["retry_at"] for verdict in self.verdicts]
        if not all(instants):
            return None
        return max(datetime.fromisoformat(str(instant)) for instant in instants)


class KeyReused(Refusal):
    """The same idempotency key came with a different request."""

    code = "idempotency_key_reused"
    status = 422
    message = (
        "This idempotency key already names a different call."
        " Use a new key for a new call, or send the first request unchanged."
    )


class _Overtaken(Exception):
    """Others were accepted between our look and our write; `facts` are what is seen now."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Placement:
    """An accepted call, as it was accepted (queued or held); `replayed` when its key named it before."""

    call: Call
    due_at: datetime
    state: str
    replayed: bool = False


def place_call(*, ask: Ask, tenant: Tenant, actor: Actor, now: datetime) -> Placement:
    """Accept one call durably, or refuse it durably.

    Raises BadField (400, nothing recorded), KeyReused (422), CallRefused (409, recorded), and NotFound
    for somebody who does not work for this tenant.
    """
    scope.must_belong(actor, tenant.pk)
    fingerprint = ask.fingerprint(e164=resolve.read_number(ask.to).e164)
    if earlier := _earlier(ask, tenant):
        return _replay(earlier, fingerprint)
    plan = judge(ask, tenant=tenant, actor=actor, now=now, fingerprint=fingerprint)
    try:
        receipt = _settle(plan, ask=ask, actor=actor, now=now, fingerprint=fingerprint)
    except IntegrityError:
        # A request with this key committed between our look and our write (R1.2).
        if earlier := _earlier(ask, tenant):
            return _replay(earlier, fingerprint)
        raise
    call = receipt.call
    if call.state == states.REFUSED:
        raise CallRefused(call, receipt.verdicts, replayed=False)
    return Placement(call, due_at=call.due_at, state=call.state)


def preview_call(*, ask: Ask, tenant: Tenant, actor: Actor, now: datetime) -> Preview:
    """Ask every gate without writing anything. Raises BadField, NotFound."""
    scope.must_belong(actor, tenant.pk)
    fingerprint = ask.fingerprint(e164=resolve.read_number(ask.to).e164)
    return judge(ask, tenant=tenant, actor=actor, now=now, fingerprint=fingerprint)


def _settle(plan: Preview, *, ask: Ask, actor: Actor, now: datetime, fingerprint: str) -> Receipt:
    """Record what was decided, or the refusal that became of it while others wrote."""
    try:
        return _record(plan, ask=ask, actor=actor, now=now, fingerprint=fingerprint)
    except _Overtaken as found:
        plan = replace(plan, facts=found.facts, decision=decide(found.facts), held=False)
        return _record(plan, ask=ask, actor=actor, now=now, fingerprint=fingerprint)


@transaction.atomic
def _record(plan: Preview, *, ask: Ask, actor: Actor, now: datetime, fingerprint: str) -> Receipt:
    """Call, first event, receipt and audit entry together, or none of them (R1.5).

    Turns are always taken in this order: identical requests first, the tenant's pace last.
    """
    if plan.state != states.REFUSED:
        _look_for_a_twin(plan, ask=ask, now=now, fingerprint=fingerprint)
    call = records.open_call(
        call=_draft(plan, ask=ask, actor=actor, now=now, fingerprint=fingerprint),
        source=ask.door,
        now=now,
    )
    receipt = records.keep_receipt(
        call=call, moment=Receipt.ACCEPT, decision=plan.decision, now=now
    )
    audit.note(
        actor=actor,
        verb=f"call.{records.OPENED[call.state]}",
        target=call,
        tenant_id=call.tenant_id,
        now=now,
        after={"door": ask.door, "reason": call.reason} if call.reason else {"door": ask.door},
    )
    if call.state == states.QUEUED and call.due_at <= now:
        later("dial", call_id=call.sid)
    if plan.state != states.REFUSED:
        _count_the_pace(plan, beside=call, now=now)
    return receipt


def _look_for_a_twin(plan: Preview, *, ask: Ask, now: datetime, fingerprint: str) -> None:
    """Look for a duplicate once more, now that no identical request can write beside us (R1.4)."""
    if ask.names_its_call:
        return
    queries.take_turn(fingerprint)
    if twin := twin_of(ask, plan.resolved, now=now, fingerprint=fingerprint):
        raise _Overtaken(replace(plan.facts, duplicate=twin))


def _count_the_pace(plan: Preview, *, beside: Call, now: datetime) -> None:
    """Count what pace caps count once more, now that nobody can be accepted beside us (R5.11).

    Done last, so that nothing but this count lies between the tenant's turn and our commit.
    """
    if not plan.facts.velocity:  # no cap counts this call
        return
    pace = queries.pace_in_turn(plan.resolved, plan.caps, beside=beside, now=now)
    if any(cap.free_at for cap in pace):
        raise _Overtaken(replace(plan.facts, velocity=pace))


def _draft(plan: Preview, *, ask: Ask, actor: Actor, now: datetime, fingerprint: str) -> Call:
    resolved, revision = plan.resolved, plan.resolved.revision
    first = plan.decision.refusals[0] if plan.state == states.REFUSED else None
    return Call(
        tenant=resolved.tenant,
        to=resolved.number.e164,
        country=resolved.number.country_group,
        prefix=resolved.number.block,
        door=ask.door,
        requester_id=actor.id,
        requester_name=actor.name[:200],
        reference=ask.reference,
        metadata=dict(ask.metadata),
        idempotency_key=ask.idempotency_key,
        fingerprint=fingerprint,
        org=resolved.org,
        route=resolved.route,
        account=resolved.route.account,
        caller_id=resolved.route.number,
        agent=resolved.agent,
        agent_version=resolved.version,
        version_chosen=resolved.version_chosen,
        greeting_revision=revision,
        greeting_text=resolved.text,
        greeting_sha256=revision.sha256 if revision else "",
        created_at=now,
        due_at=plan.due_at,
        expires_at=_expires_at(ask, plan.due_at),
        state=plan.state,
        reason=first.code if first else "",
        reason_text=first.message[:300] if first else _held_words(plan),
        ended_at=now if first else None,
    )


def _held_words(plan: Preview) -> str:
    return f"Waits for an owner to approve {plan.resolved.revision}."[:300] if plan.held else ""


def _expires_at(ask: Ask, due: datetime) -> datetime:
    if ask.expires_at is None:
        return due + (SCHEDULED_EXPIRES_AFTER if ask.scheduled_at else EXPIRES_AFTER)
    if ask.expires_at <= due:
        raise BadField(
            "expires_at", f"The call could not ring before {due.isoformat()}. Expire it later."
        )
    return ask.expires_at


def _earlier(ask: Ask, tenant: Tenant) -> Call | None:
    if ask.idempotency_key is None:
        return None
    rows = Call.objects.select_related("route", "agent", "agent_version", "greeting_revision")
    return rows.filter(tenant=tenant, idempotency_key=ask.idempotency_key).first()


def _replay(call: Call, fingerprint: str) -> Placement:
    """Answer as the first time, from what was kept then."""
    if call.fingerprint != fingerprint:
        raise KeyReused(call_sid=call.sid)
    opened = call.events.earliest("id")
    state = next(state for state, what in records.OPENED.items() if what == opened.what)
    if state == states.REFUSED:
        receipt = call.receipts.filter(moment=Receipt.ACCEPT).get()
        raise CallRefused(call, receipt.verdicts, replayed=True)
    due_at = datetime.fromisoformat(opened.data["due_at"])
    return Placement(call, due_at=due_at, state=state, replayed=True)
