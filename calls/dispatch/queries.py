"""What is due, what is overdue, and which attempt a carrier's report speaks of."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from calls.carriers.base import Report
from calls.dispatch import health, retry
from calls.dispatch.models import Attempt, Finding, Heartbeat
from calls.lib import ids
from calls.lib.rows import spelled
from calls.limits.queries import paused_condition, pauses_in_force
from calls.records import states
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from calls.tenants.models import Tenant

# So many of an account's latest calls tell how far its log lags behind; of a thousand, the worst is p99.9.
LAGS = 1000
# An event comes within a day of what was asked for; older requests are not what it speaks of.
LONGEST_STORY = timedelta(hours=26)
LONGEST_NUMBER = 6  # digits of an attempt's number


def database_now() -> datetime:
    """The clock every lease and due time is measured by: the database's own, where it has one."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def accounts_with_due_calls(now: datetime) -> list[CarrierAccount]:
    """Every account that asks for calls and has one due that nothing pauses."""
    due = Call.objects.filter(account=OuterRef("pk"), state=states.QUEUED, due_at__lte=now)
    due = due.filter(~paused_condition(now), expires_at__gt=now)
    working = CarrierAccount.objects.filter(paused_at__isnull=True, broken_at__isnull=True)
    return list(working.filter(Exists(due)))


def has_room(account_id: UUID, *, until: datetime) -> bool:
    """Whether an account's next slot lies before `until`, as far as a glance without a lock can tell."""
    working = CarrierAccount.objects.filter(paused_at__isnull=True, broken_at__isnull=True)
    late = Q(next_slot_at__gt=until) | Q(next_send_at__gt=until)
    return working.filter(~late, pk=account_id).exists()


def expired_calls(now: datetime, *, limit: int) -> list[UUID]:
    """Waiting calls whose time has run out, behind whatever they wait."""
    rows = Call.objects.filter(state=states.QUEUED, expires_at__lte=now).order_by("expires_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def redials_to_arrange(*, limit: int) -> list[UUID]:
    """Calls that reached nobody and are to be dialled again."""
    rows = Call.objects.filter(redial_at__isnull=False).order_by("redial_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def _unpaused(now: datetime) -> Q:
    """Calls of working accounts for which no kill switch is on."""
    working = Q(account__paused_at__isnull=True, account__broken_at__isnull=True)
    return working & ~paused_condition(now)


def pause_of(call: Call, *, now: datetime) -> str:
    """Why a call stays in the queue at the moment: the widest pause's reason; empty when none is on."""
    if call.account.paused_at is not None:
        return "The carrier account is paused."
    if call.account.broken_at is not None:
        return "The carrier does not answer; it is asked every few seconds whether it does again."
    found = pauses_in_force(
        tenant_id=call.tenant_id, route_id=call.route_id, agent_id=call.agent_id, now=now
    )
    return f"Paused: {found[0].reason}" if found else ""


def recent_outcomes(account: CarrierAccount, *, now: datetime) -> list[str]:
    """The evidence of the newest requests that ended within the breaker's window, newest first.

    One whose end somebody found out long after it was made tells nothing of how the carrier is now.
    """
    since = max(now - health.WITHIN, account.mended_at or now - health.WITHIN)
    ended = Attempt.objects.filter(
        account=account,
        ours=False,
        concluded_at__gt=since,
        concluded_at__lte=now,
        intent_at__gt=since - health.LONGEST_REQUEST,
    )
    rows = ended.order_by("-concluded_at").values_list("evidence", flat=True)
    return list(rows[: health.LAST])


def accounts_to_probe(now: datetime) -> list[CarrierAccount]:
    """Every account that did not answer and is to be asked again now."""
    broken = CarrierAccount.objects.filter(broken_at__isnull=False, paused_at__isnull=True)
    return list(broken.filter(probe_at__lte=now))


def accounts_to_ask(now: datetime) -> list[CarrierAccount]:
    """Every account with a call whose next check has come."""
    waiting = Call.objects.filter(next_check_at__lte=now)
    return list(CarrierAccount.objects.filter(pk__in=waiting.values("account")))


def calls_to_check(account: CarrierAccount, *, now: datetime) -> QuerySet[Call]:
    """The calls of an account to look for in its log now."""
    return Call.objects.filter(account=account, next_check_at__lte=now).order_by("next_check_at")


def lines_in_use(account: CarrierAccount) -> int:
    """How many calls occupy the account, as far as we can tell."""
    return Call.objects.filter(account=account, state__in=spelled(states.IN_FLIGHT)).count()


def live_attempt(call: Call) -> Attempt | None:
    """The attempt that may have placed this call, or did; at most one can exist."""
    live = (*Attempt.OPEN, Attempt.ACCEPTED)
    return call.attempts.filter(outcome__in=live).first()


def attempt_to_look_for(call: Call) -> Attempt | None:
    """The attempt whose row the log may show: the live one, or, while the call waits, one taken for absent."""
    live = live_attempt(call)
    if live is None and call.state == states.QUEUED:
        return call.attempts.filter(outcome=Attempt.ABSENT).first()
    return live


def pair_is_being_asked(call: Call) -> bool:
    """Whether another call between these two numbers is claimed or not confirmed."""
    claimed = Call.objects.filter(
        tenant_id=call.tenant_id, caller_id=call.caller_id, to=call.to, state=states.DISPATCHING
    )
    return claimed.exclude(pk=call.pk).exists() or pair_is_open(
        tenant_id=call.tenant_id, caller_id=call.caller_id, to=call.to
    )


def pair_is_open(*, tenant_id: UUID, caller_id: str, to: str) -> bool:
    """Whether an unconfirmed attempt between these two numbers exists."""
    return Attempt.objects.filter(
        tenant_id=tenant_id, caller_id=caller_id, to=to, outcome__in=spelled(Attempt.OPEN)
    ).exists()


def is_of_another_log(attempt: Attempt, account: CarrierAccount) -> bool:
    """Whether what opens the account's log has changed since: then its silence about the attempt proves nothing."""
    return account.log_since is not None and attempt.intent_at < account.log_since


def others_ask(attempt: Attempt) -> bool:
    """Whether another call at this account, whoever's, has an unconfirmed attempt between the same numbers."""
    pair = Attempt.objects.filter(
        account=attempt.account_id, caller_id=attempt.caller_id, to=attempt.to
    )
    return pair.filter(outcome__in=Attempt.OPEN).exclude(call=attempt.call_id).exists()


def attempt_meant_by(report: Report, *, account: CarrierAccount) -> Attempt | None:
    """The one attempt a report with an unknown id can speak of, by its two numbers and time.

    An open one; where none is, one that was taken for absent. A report that names an attempt itself speaks
    of that one, and of no other (R1.9).
    """
    if report.reference:
        return _attempt_named(report.reference, account=account)
    if not (report.to and report.caller_id):
        return None
    pair = Attempt.objects.filter(account=account, to=report.to, caller_id=report.caller_id)
    if report.at is not None:
        pair = pair.filter(intent_at__lte=report.at + retry.CLOCK_SKEW)
    found = list(pair.filter(outcome__in=spelled(Attempt.OPEN))[:2])
    if not found and report.at is not None:
        absent = pair.filter(outcome=Attempt.ABSENT, intent_at__gte=report.at - LONGEST_STORY)
        found = list(absent[:2])
    return found[0] if len(found) == 1 else None


def _attempt_named(reference: str, *, account: CarrierAccount) -> Attempt | None:
    sid, _, number = reference.rpartition("-")
    key = ids.parse(Call.PREFIX, sid)
    if key is None or not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return None
    named = Attempt.objects.filter(account=account, call=key, number=int(number))
    return named.exclude(outcome=Attempt.ACCEPTED).first()


def is_disputed(attempt: Attempt) -> bool:
    """Whether an attempt is taken for never placed, as it stands now."""
    return Attempt.objects.filter(pk=attempt.pk, outcome__in=Attempt.NOT_PLACED).exists()


def is_elsewhere(report: Report, *, account: CarrierAccount) -> bool:
    """Whether a report speaks of a call of another account, by the carrier's id or by our own name of it."""
    others = Call.objects.filter(account__in=CarrierAccount.objects.exclude(pk=account.pk))
    named = ids.parse(Call.PREFIX, report.reference.rpartition("-")[0])
    return others.filter(carrier_call_id=report.carrier_call_id).exists() or (
        named is not None and others.filter(pk=named).exists()
    )


def bound_ids(account: CarrierAccount, carrier_call_ids: list[str]) -> set[str]:
    """Which of these carrier ids already belong to calls of ours."""
    rows = Call.objects.filter(account=account, carrier_call_id__in=carrier_call_ids)
    return {found for found in rows.values_list("carrier_call_id", flat=True) if found}


def window_of(account: CarrierAccount) -> timedelta:
    """How long a call may be missing from this account's log before absence means anything (W)."""
    rows = Attempt.objects.filter(account=account, log_lag__isnull=False).order_by("-intent_at")
    longest = rows[:LAGS].aggregate(longest=Max("log_lag"))["longest"]
    return retry.window(longest_lag=longest or 0.0, is_sandbox=account.is_sandbox)


def needs_people(call: Call, *, now: datetime) -> bool:
    """Whether only a person can tell how a call went."""
    return calls_for_people(Call.objects.filter(pk=call.pk), now=now).exists()


def calls_for_people(calls: QuerySet[Call], *, now: datetime) -> QuerySet[Call]:
    """Of these calls, those the log was given up on, and those it has not shown the end of in two days."""
    since = now - retry.LONG_ENOUGH_FOR_ANY_LOG
    stuck = Q(state__in=spelled(states.CARRIED), dialled_at__lt=since)
    return calls.filter(Q(state=states.NEEDS_HUMAN) | stuck)


def open_findings(tenant: Tenant) -> QuerySet[Finding]:
    """What nobody has settled yet of a tenant's numbers, newest first."""
    rows = Finding.objects.filter(tenant_id=tenant.pk, settled_at__isnull=True)
    return rows.select_related("account", "call").order_by("-found_at")


def oldest_due(now: datetime) -> datetime | None:
    """Since when the longest-waiting due call that nothing pauses has waited."""
    rows = Call.objects.filter(_unpaused(now), state=states.QUEUED, due_at__lte=now)
    found: datetime | None = rows.aggregate(oldest=Min("due_at"))["oldest"]
    return found


def last_beat(loop: str) -> datetime | None:
    """When a loop last went round."""
    return Heartbeat.objects.filter(loop=loop).values_list("at", flat=True).first()


def beats(beginning: str) -> dict[str, datetime]:
    """When each of the loops whose names begin like this last went round."""
    rows = Heartbeat.objects.filter(loop__startswith=beginning)
    return dict(rows.values_list("loop", "at"))
