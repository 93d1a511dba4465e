"""Keeping what the hourly match finds, and settling it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dispatch.actions.steps import DISPATCH
from calls.dispatch.match import STOPS, Difference
from calls.dispatch.models import Finding
from calls.lib.errors import BadField, NotPermitted, Refusal
from calls.records import actions as records
from calls.records.queries import locked
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.tenants import scope

EXPLAINED = "A later look at the carrier's log explains it."
WHY_STOPPED = "The carrier shows more calls than we asked for. Look before anybody is called."
# What the history of a call calls it.
DISPUTED, SETTLED = "disputed", "dispute_settled"


class AlreadySettled(Refusal):
    """Somebody else was quicker."""

    code = "already_settled"
    message = "This is settled already. Look at what was said."


def keep_findings(
    *,
    account: CarrierAccount,
    found: Iterable[Difference],
    owners: Mapping[str, UUID],
    since: datetime,
    now: datetime,
) -> list[Finding]:
    """Write down what a match of the time `since` found; gives back what is new.

    `owners` says whose a number of ours is. What was found before and is not any more is settled. Each has
    a transaction of its own: whoever held several calls could wait for somebody who waits for them.
    """
    own = account.tenant_id
    kept = [keep_finding(account, one, owners.get(one.caller_id, own), now) for one in found]
    for row in account.findings.filter(settled_at__isnull=True, seen_at__lt=now):
        if _would_be_seen(row, since):
            _settle_unseen(row, now)
    return [row for row in kept if row]


@transaction.atomic
def keep_finding(
    account: CarrierAccount,
    one: Difference,
    tenant_id: UUID | None,
    now: datetime,
    *,
    why: str = "",
) -> Finding | None:
    """The row of a difference if it is new, or came back; one that is known is only seen again.

    It is its call's tenant's, and where it is about no call, `tenant_id`'s. `why` is what the history of its
    call says of it. A sign of a call placed twice stops the account until a person has settled it
    (RELIABILITY 7.2).
    """
    # The call before its findings, and those before the account: in this order, as everybody locks them.
    call = locked(one.call_id) if one.call_id else None
    row, new = Finding.objects.get_or_create(
        account=account,
        kind=one.kind,
        key=one.key,
        defaults={
            "tenant_id": call.tenant_id if call else tenant_id,
            "call_id": one.call_id,
            "data": _data(one),
            "found_at": now,
            "seen_at": now,
        },
    )
    back = row.settled_at is not None and row.settled_by == DISPATCH.name
    if not new:
        row.seen_at = now
        row.settled_at, row.settled_by = (None, "") if back else (row.settled_at, row.settled_by)
        row.save(update_fields=["seen_at", "settled_at", "settled_by"])
    if new or back:
        _tell_the_call(row, DISPUTED, now, why)
    if row.settled_at is None and one.kind in STOPS:
        routes.pause_account(
            account=account, actor=DISPATCH, now=now, reason=WHY_STOPPED, over=True
        )
    return row if new or back else None


@transaction.atomic
def settle_finding(*, finding: Finding, actor: Actor, comment: str, now: datetime) -> Finding:
    """A person has looked into it and says what it was. Raises NotPermitted, AlreadySettled, BadField."""
    if not scope.holds(actor, finding.tenant_id, "calls:cancel") or actor.orgs is not None:
        raise NotPermitted(
            "Ask an owner or an admin: they settle what the records do not agree on."
        )
    if len(comment.strip()) < 3:
        raise BadField("comment", "Say in a sentence what it was: it is kept with the finding.")
    finding = _held(finding)
    if finding.settled_at is not None:
        raise AlreadySettled
    _settle(finding, by=actor.name, comment=comment.strip(), now=now)
    audit.note(
        actor=actor,
        verb="finding.settled",
        target=finding,
        tenant_id=finding.tenant_id,
        now=now,
        after={"kind": finding.kind, "comment": finding.comment},
    )
    return finding


def _data(one: Difference) -> dict[str, Any]:
    at = one.at.isoformat() if one.at else ""
    return {"to": one.to, "caller_id": one.caller_id, "at": at, "word": one.word}


def _held(row: Finding) -> Finding:
    """The finding as it is now, locked, its call before it."""
    if row.call_id:
        locked(row.call_id)
    return Finding.objects.select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def _settle_unseen(row: Finding, now: datetime) -> None:
    """Settle what the match of this moment did not find any more."""
    row = _held(row)
    if row.settled_at is None and row.seen_at < now:
        explain(row, EXPLAINED, now)


def _would_be_seen(row: Finding, since: datetime) -> bool:
    """Whether a match of the time since then looks at it at all."""
    at = row.data["at"]
    return bool(at) and datetime.fromisoformat(at) >= since


def _settle(row: Finding, *, by: str, comment: str, now: datetime) -> None:
    row.settled_at, row.settled_by, row.comment = now, by[:200], comment[:500]
    row.save(update_fields=["settled_at", "settled_by", "comment"])
    _tell_the_call(row, SETTLED, now)


def explain(row: Finding, comment: str, now: datetime) -> None:
    """Settle a finding that what happened since explains."""
    _settle(row, by=DISPATCH.name, comment=comment, now=now)


def _tell_the_call(row: Finding, what: str, now: datetime, why: str = "") -> None:
    """Keep it in the history of the call it is about, where everybody who asks about the call looks."""
    if row.call is not None:
        by_person = row.settled_by not in ("", DISPATCH.name)
        why = f"{row.settled_by}: {row.comment}" if by_person else why or row.comment
        data = {"kind": row.kind, "carrier_call_id": row.key, "why": why}
        source = "member" if by_person else "reconcile"
        records.note_event(call=row.call, what=what, source=source, now=now, data=data)
