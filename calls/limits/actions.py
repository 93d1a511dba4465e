"""Verbs of limits and pauses: cap how often is called, and stop calling."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, NotFound, Refusal
from calls.limits import counting, queries
from calls.limits.models import Limit, Pause
from calls.tenants import scope as tenants
from calls.tenants.models import Tenant, TenantRow

MOST, LONGEST_WINDOW = 1_000_000, 31 * counting.DAY
SUBJECTS = {
    counting.CALLEE: (r"\+[1-9][0-9]{6,14}", "Write one number in E.164, like +14155550100."),
    counting.REQUESTER: (r"(mb|ak)_[0-9a-f]{32}", "Choose a member or a key."),
    counting.COUNTRY: (r"[A-Z]{2,3}", "Write a country as two letters, like US."),
    counting.PREFIX: (r"\+[1-9][0-9]{1,10}", "Write a number without its last four digits."),
}


class LimitEnded(Refusal):
    """An ended limit is on record only."""

    code = "limit_ended"
    message = "This limit was ended already. Set a new one if calls should be capped again."


class PauseLifted(Refusal):
    """A lifted pause is on record only."""

    code = "pause_lifted"
    message = "This pause was lifted already; calling goes on."


@transaction.atomic
def set_limit(
    *,
    tenant: Tenant | None,
    scope: str,
    most: int,
    actor: Actor,
    now: datetime,
    window_seconds: int = counting.DAY,
    min_gap_seconds: int = 0,
    subject: str = "",
    reason: str = "",
) -> Limit:
    """Cap calls from now on, in place of the limit of the same scope, subject and window.

    Without a tenant it holds for each tenant. Raises NotPermitted, NotFound, BadField.
    """
    tenants.must_hold(actor, tenant.pk if tenant else None, "setup:write")
    _must_make_sense(tenant, scope, subject)
    _must_be_numbers(scope, most, window_seconds, min_gap_seconds)
    same = {"tenant": tenant, "scope": scope, "subject": subject, "window_seconds": window_seconds}
    limit = Limit(
        **same,
        most=most,
        min_gap_seconds=min_gap_seconds,
        reason=reason[:200],
        created_at=now,
        created_by=actor.name[:200],
    )
    before = _take_over(limit, same, actor=actor, now=now)
    limit.save(force_insert=True)
    _note(limit, "limit.set", actor=actor, now=now, before=before, after=_shown(limit))
    return limit


@transaction.atomic
def end_limit(*, limit: Limit, actor: Actor, now: datetime) -> Limit:
    """Stop capping; the limit stays on record. Raises NotPermitted, LimitEnded."""
    tenants.must_hold(actor, limit.tenant_id, "setup:write")
    _must_reach_all(limit, actor, loosens=True)
    ended = Limit.objects.filter(pk=limit.pk, ended_at__isnull=True).update(
        ended_at=now, ended_by=actor.name[:200]
    )
    if not ended:
        raise LimitEnded
    limit.refresh_from_db()
    _note(limit, "limit.ended", actor=actor, now=now, before=_shown(limit))
    return limit


@transaction.atomic
def pause(
    *,
    tenant: Tenant | None,
    reason: str,
    actor: Actor,
    now: datetime,
    route: TenantRow | None = None,
    agent: TenantRow | None = None,
    until: datetime | None = None,
) -> Pause:
    """Dial nothing of the route, the agent, the tenant or (no tenant) anybody, until lifted or `until`.

    Accepted calls wait. Asking twice keeps the first reason, and the later of the two ends: whoever stops
    calls for longer than they are stopped already means it. Raises NotPermitted, NotFound, BadField.
    """
    tenants.must_hold(actor, tenant.pk if tenant else None, "pause:write")
    what = _whatever(tenant, route, agent)
    _must_reach_all(Pause(**what), actor, loosens=False)
    if not reason.strip():
        raise BadField("reason", "Say why calling stops: whoever asks later will read it here.")
    if until is not None and until <= now:
        raise BadField("until", "This time has passed. Choose one in the future, or none.")
    _end_run_out(what, now)
    given = {"reason": reason.strip()[:200], "started_at": now, "started_by": actor.name[:200]}
    found, is_new = Pause.objects.select_for_update().get_or_create(
        **what, ended_at=None, defaults=given | {"until": until}
    )
    if is_new:
        after = {"scope": found.scope, "reason": found.reason, "until": _spelled(until)}
        _note(found, "pause.started", actor=actor, now=now, after=after)
    elif found.until is not None and (until is None or until > found.until):
        _extend(found, until, actor=actor, now=now)
    return found


@transaction.atomic
def lift_pause(*, pause: Pause, actor: Actor, now: datetime) -> Pause:
    """Let calls go again; those that waited go out in order. Raises NotPermitted, PauseLifted."""
    tenants.must_hold(actor, pause.tenant_id, "pause:write")
    _must_reach_all(pause, actor, loosens=True)
    lifted = Pause.objects.filter(pk=pause.pk, ended_at__isnull=True).update(
        ended_at=now, ended_by=actor.name[:200]
    )
    if not lifted:
        raise PauseLifted
    pause.refresh_from_db()
    before = {"scope": pause.scope, "reason": pause.reason}
    _note(pause, "pause.lifted", actor=actor, now=now, before=before)
    return pause


def _must_reach_all(row: Limit | Pause, actor: Actor, *, loosens: bool) -> None:
    """Who acts for some business units lets go only what is theirs; stopping the whole tenant is safe."""
    if tenants.acts_for_all(actor) or (not loosens and queries.named_by(row) is None):
        return
    if not queries.may_loosen(row, actor):
        tenants.must_act_for_all(actor)


def _must_make_sense(tenant: Tenant | None, scope: str, subject: str) -> None:
    if scope not in Limit.SCOPES:
        raise BadField("scope", f"Choose one of {', '.join(Limit.SCOPES)}.")
    if not subject:
        return
    if scope in (counting.TENANT, counting.SPEND):
        raise BadField("subject", "This limit counts the whole tenant, so it names nobody.")
    if scope in (counting.ROUTE, counting.AGENT):
        _must_be_own(tenant, scope, subject)
        return
    shape, advice = SUBJECTS[scope]
    if not re.fullmatch(shape, subject):
        raise BadField("subject", advice)


def _must_be_own(tenant: Tenant | None, scope: str, subject: str) -> None:
    """A route or agent is named by its public id, and is the tenant's own."""
    try:
        queries.named_by(Limit(tenant=tenant, scope=scope, subject=subject))
    except NotFound:
        raise BadField("subject", f"There is no {scope} of yours under this id.") from None


def _must_be_numbers(scope: str, most: int, window: int, gap: int) -> None:
    if not 1 <= most <= MOST:
        raise BadField("most", f"Allow 1 to {MOST:,}. To allow nothing, pause instead.")
    if not 1 <= window <= LONGEST_WINDOW:
        raise BadField("window_seconds", "Count over one second to 31 days.")
    if not 0 <= gap <= window:
        raise BadField("min_gap_seconds", "The gap between two calls must fit the window.")
    if scope == counting.SPEND and (window, gap) != (counting.DAY, 0):
        raise BadField("window_seconds", "Money is counted per day of the tenant.")


def _take_over(
    limit: Limit, same: dict[str, Any], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """End the limit in whose place a new one comes, and tell what it was."""
    if limit.tenant_id is not None:
        # Two who set the same limit write one after the other.
        Tenant.objects.select_for_update(no_key=True).get(pk=limit.tenant_id)
    former = Limit.objects.filter(**same, ended_at=None).first()
    _must_reach_all(limit, actor, loosens=former is not None and _is_looser(limit, former))
    if former is None:
        return {}
    Limit.objects.filter(pk=former.pk).update(ended_at=now, ended_by=actor.name[:200])
    return _shown(former)


def _is_looser(limit: Limit, former: Limit) -> bool:
    return limit.most > former.most or limit.min_gap_seconds < former.min_gap_seconds


def _whatever(
    tenant: Tenant | None, route: TenantRow | None, agent: TenantRow | None
) -> dict[str, Any]:
    """Which switch is meant, as the columns that tell it from others."""
    if tenant is None:
        if route or agent:
            raise NotFound
        return {"scope": Pause.PLATFORM}
    tenants.must_own(tenant, route, agent)
    if route and agent:
        raise BadField("agent", "Pause the route or the agent, one at a time.")
    if route:
        return {"scope": Pause.OF_ROUTE, "tenant": tenant, "route_id": route.pk}
    if agent:
        return {"scope": Pause.OF_AGENT, "tenant": tenant, "agent_id": agent.pk}
    return {"scope": Pause.OF_TENANT, "tenant": tenant}


def _end_run_out(what: dict[str, Any], now: datetime) -> None:
    """A pause that ran out by itself makes room for the next one of its kind."""
    run_out = Pause.objects.filter(**what, ended_at=None, until__lte=now)
    run_out.update(ended_at=now, ended_by="its own end")


def _extend(pause: Pause, until: datetime | None, *, actor: Actor, now: datetime) -> None:
    """Let a pause that would run out by itself hold for longer, or until it is lifted."""
    before, pause.until = pause.until, until
    pause.save(update_fields=["until"])
    ends = {"before": {"until": _spelled(before)}, "after": {"until": _spelled(until)}}
    _note(pause, "pause.extended", actor=actor, now=now, **ends)


def _spelled(until: datetime | None) -> str | None:
    return until.isoformat() if until else None


def _shown(limit: Limit) -> dict[str, Any]:
    names = ("scope", "subject", "most", "window_seconds", "min_gap_seconds")
    return {name: getattr(limit, name) for name in names}


def _note(
    row: Limit | Pause,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=row,
        tenant_id=row.tenant_id,
        now=now,
        before=before,
        after=after,
    )
