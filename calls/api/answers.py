"""From rows to answers."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from calls.api import shapes
from calls.api.queries import History, Page
from calls.consent.models import ConsentRecord
from calls.dnc.models import DncEntry
from calls.greetings.models import Greeting, GreetingRevision
from calls.lib import ids
from calls.placing.actions import Placement, Preview
from calls.records.models import Call


def accepted(placement: Placement) -> shapes.Accepted:
    """A placed call in the words of its acceptance, whatever became of it since."""
    call = placement.call
    return shapes.Accepted(
        call_sid=call.sid,
        status="queued",
        to=call.to,
        caller_id=call.caller_id,
        id=str(call.id),
        state=placement.state,
        due_at=placement.due_at,
        agent_version_id=_version(call),
        greeting_id=_greeting(call.greeting_revision),
        reference=call.reference or None,
    )


def previewed(preview: Preview, *, opening: datetime | None) -> shapes.Previewed:
    """What the gates say about a call nobody has placed, and the first instant none would refuse."""
    number, decision = preview.resolved.number, preview.decision
    return shapes.Previewed(
        allowed=decision.allowed,
        held=preview.held,
        refusals=[shapes.PreviewRefusal.model_validate(verdict) for verdict in decision.refusals],
        verdicts=[shapes.GateVerdict.model_validate(verdict) for verdict in decision.verdicts],
        to=shapes.Callee(
            e164=number.e164,
            country=number.region,
            line_type=number.line_type,
            zones=list(number.zones),
        ),
        caller_id=preview.resolved.route.number,
        greeting=_words(preview),
        due_at=preview.due_at,
        next_allowed_at=None if decision.allowed else opening,
    )


def log_page(page: Page, *, limit: int, offset: int) -> shapes.LogPage:
    """One page of the log."""
    return shapes.LogPage(
        data=[
            shapes.LogRecord(**_facts(call), attempts=page.attempts.get(call.pk, 0))
            for call in page.calls
        ],
        limit=limit,
        offset=offset,
        total=page.total,
        next_cursor=page.calls[-1].sid if page.has_more else None,
    )


def stats(
    counts: Mapping[str, int], *, since: datetime, until: datetime, group_by: str
) -> shapes.Stats:
    """The counts of a period: hours and days in their order, everything else the most frequent first."""
    by_time = group_by in ("hour", "day")
    order = sorted(counts.items(), key=lambda cell: cell[0] if by_time else (-cell[1], cell[0]))
    return shapes.Stats(
        since=since,
        until=until,
        group_by=group_by,
        total=sum(counts.values()),
        data=[shapes.Tally(name=name, count=count) for name, count in order],
    )


def canceled(call: Call) -> shapes.Canceled:
    """A call after its cancellation."""
    return shapes.Canceled(**_facts(call))


def detail(call: Call, history: History) -> shapes.Detail:
    """A call with its history."""
    return shapes.Detail(
        **_facts(call),
        greeting=call.greeting_text,
        events=[shapes.Happening.model_validate(event) for event in history.events],
        attempts=[shapes.Try.model_validate(attempt) for attempt in history.attempts],
        receipts=[shapes.Decided.model_validate(receipt) for receipt in history.receipts],
    )


def dnc_page(entries: Sequence[DncEntry], *, limit: int) -> shapes.DncPage:
    """One page of the list; an entry more than asked for says that there are older ones."""
    shown = entries[:limit]
    return shapes.DncPage(
        data=[shapes.DncRecord(**_entry(entry)) for entry in shown],
        limit=limit,
        next_cursor=shown[-1].public_id if len(entries) > limit else None,
    )


def dnc_entry(entry: DncEntry) -> shapes.DncAnswer:
    """One entry of the list."""
    return shapes.DncAnswer(**_entry(entry))


def consent_page(
    records: Sequence[ConsentRecord], *, in_force: Container[UUID], limit: int
) -> shapes.ConsentPage:
    """One page of the records; one more than asked for says that there are older ones."""
    shown = records[:limit]
    return shapes.ConsentPage(
        data=[shapes.ConsentRecorded(**_consent(record, in_force)) for record in shown],
        limit=limit,
        next_cursor=shown[-1].public_id if len(records) > limit else None,
    )


def consent(record: ConsentRecord, *, in_force: Container[UUID]) -> shapes.ConsentAnswer:
    """One record of consent."""
    return shapes.ConsentAnswer(**_consent(record, in_force))


def _consent(record: ConsentRecord, in_force: Container[UUID]) -> Mapping[str, Any]:
    own = {"id": record.public_id, "in_force": record.pk in in_force}
    may_be_empty = {name: getattr(record, name) or None for name in ("revoked_by", "revoked_how")}
    names = shapes.ConsentRecorded.model_fields.keys() - own.keys() - may_be_empty.keys()
    return own | may_be_empty | {name: getattr(record, name) for name in names}


def _entry(entry: DncEntry) -> Mapping[str, Any]:
    names = [name for name in shapes.DncRecord.model_fields if name != "id"]
    return {"id": entry.public_id} | {name: getattr(entry, name) for name in names}


def _facts(call: Call) -> Mapping[str, Any]:
    return {
        "id": str(call.id),
        "call_sid": call.sid,
        "status": call.status,
        "duration_seconds": call.duration_seconds,
        "escalated": call.escalated,
        "summary": call.summary or None,
        "state": call.state,
        "to": call.to,
        "caller_id": call.caller_id,
        "agent_key": call.agent.agent_key,
        "agent_version_id": _version(call),
        "greeting_id": _greeting(call.greeting_revision),
        "org_id": call.org.key if call.org else None,
        "reference": call.reference or None,
        "metadata": call.metadata,
        "carrier_call_sid": call.carrier_call_id,
        "created_at": call.created_at,
        "due_at": call.due_at,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "error": call.reason or None,
        "error_message": call.reason_text or None,
    }


def _version(call: Call) -> str | None:
    return call.agent_version.public_id if call.agent_version else None


def _greeting(revision: GreetingRevision | None) -> str | None:
    return ids.public(Greeting.PREFIX, revision.greeting_id) if revision else None


def _words(preview: Preview) -> shapes.Words:
    found = preview.facts.greeting
    return shapes.Words(
        id=_greeting(preview.resolved.revision),
        name=found.name,
        text=found.text,
        approved_by=found.approved_by,
        approved_at=found.approved_at,
    )
