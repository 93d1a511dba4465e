"""Each step of a delivery: claimed with a lease and a fence, concluded; and asked for again by people.

Whoever locks both locks the endpoint first.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor, system
from calls.hooks import health, queries
from calls.hooks.actions.endpoints import locked, mine, switch_off
from calls.hooks.actions.events import hint_at, publish
from calls.hooks.envelope import DELIVERY_FAILED, TEST, Notice, body_of, new_event_id
from calls.hooks.models import Delivery, Endpoint
from calls.lib.errors import Refusal

WEBHOOKS = system("webhooks")
# The lease outlives the longest try (15 s) with room to write down what came of it.
LEASE = timedelta(seconds=60)
# Of a delivery's tries the newest are kept; replays add to them for ever.
KEPT_TRIES = 20
MOST_TESTS, TEST_WINDOW = 3, timedelta(minutes=1)


class EndpointDisabled(Refusal):
    """Nothing is sent to a disabled endpoint, also not when somebody asks for it."""

    code = "endpoint_disabled"
    message = "This endpoint is disabled. Enable it first."


class DeliveryUnderWay(Refusal):
    """It is being sent at this moment."""

    code = "delivery_under_way"
    message = "This delivery is being tried right now. Look at what comes of it in a minute."


class TooManyTests(Refusal):
    """A test tells what the one before it tells."""

    code = "too_many_tests"
    message = (
        "A test of this endpoint waits already, or several were just sent. "
        "Look at what came of it, and try again in a minute."
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to try one delivery once; `more` says that others are due at the same endpoint."""

    delivery: Delivery
    endpoint: Endpoint
    fence: int
    more: bool


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try. `answer` is the beginning of the body; `trouble` names what broke."""

    at: str
    status: int | None
    milliseconds: int
    trouble: str
    answer: str


@transaction.atomic
def claim_next(*, endpoint_id: UUID, now: datetime) -> Claim | None:
    """Take the delivery that waits longest at an endpoint; None when there is none, or no room for it."""
    endpoint = locked(endpoint_id)
    if not endpoint.is_enabled or not _has_room(endpoint, now):
        return None
    due = list(queries.due_at(endpoint, now=now)[:2])
    if not due:
        return None
    row = due[0]
    if row.tried >= len(health.SCHEDULE):  # each of its workers died with it
        _give_up(row, endpoint, now)
        return None
    row.fence, row.tried = row.fence + 1, row.tried + 1
    row.next_at = row.lease_until = now + LEASE
    row.save(update_fields=["fence", "tried", "next_at", "lease_until"])
    return Claim(row, endpoint, row.fence, more=len(due) > 1)


@transaction.atomic
def conclude(
    *, claimed: Claim, tried: Try, now: datetime, random: float, retry_after: float | None = None
) -> Delivery | None:
    """Write down what came of a try: delivered, tried again later, or given up; None if it is not ours any more."""
    endpoint = locked(claimed.endpoint.pk)
    row = Delivery.objects.select_for_update().get(pk=claimed.delivery.pk)
    if row.fence != claimed.fence or row.delivered_at is not None:
        return None
    row.tries, row.lease_until = [*row.tries, asdict(tried)][-KEPT_TRIES:], None
    if health.is_taken(tried.status):
        _take(row, endpoint, now)
    else:
        row.next_at = health.next_try(
            tried=row.tried, now=now, random=random, retry_after=retry_after
        )
        _note_failure(row, endpoint, tried, now)
    row.save(update_fields=["tries", "lease_until", "next_at", "delivered_at", "given_up_at"])
    return row


@transaction.atomic
def send_test_event(*, endpoint: Endpoint, actor: Actor, now: datetime) -> Delivery:
    """Send an endpoint an event that means nothing, once.

    Raises NotFound, NotPermitted, EndpointEnded, EndpointDisabled, TooManyTests.
    """
    row = _sending(endpoint, actor)
    if queries.test_waits(row) or queries.tests_since(row, now - TEST_WINDOW) >= MOST_TESTS:
        raise TooManyTests
    said = {"message": "This is a test. No call was placed.", "endpoint_id": row.public_id}
    notice = Notice(TEST, new_event_id(), now, said)
    sent = Delivery.objects.create(
        tenant=row.tenant,
        endpoint=row,
        event_id=notice.event_id,
        event=TEST,
        body=body_of(notice, row.tenant),
        created_at=now,
        next_at=now,
    )
    _note(row, "endpoint.tested", actor, now, {"event_id": sent.event_id})
    hint_at([row])
    return sent


@transaction.atomic
def replay_delivery(*, delivery: Delivery, actor: Actor, now: datetime) -> Delivery:
    """Send an event once more from the beginning of the schedule, under its own id.

    Raises NotFound, NotPermitted, EndpointEnded, EndpointDisabled, DeliveryUnderWay.
    """
    endpoint = _sending(delivery.endpoint, actor)
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.lease_until is not None and row.lease_until > now:
        raise DeliveryUnderWay
    row.next_at, row.tried = now, 0
    row.delivered_at = row.given_up_at = None
    row.save(update_fields=["next_at", "tried", "delivered_at", "given_up_at"])
    _note(endpoint, "endpoint.replayed", actor, now, {"event_id": row.event_id})
    hint_at([endpoint])
    return row


@transaction.atomic
def replay_failed(*, endpoint: Endpoint, since: datetime, actor: Actor, now: datetime) -> int:
    """Send everything again that was given up since an instant; how many. Raises as replay_delivery."""
    row = _sending(endpoint, actor)
    found = Delivery.objects.filter(endpoint=row, given_up_at__gte=since).exclude(event=TEST)
    count = found.update(next_at=now, tried=0, given_up_at=None)
    after = {"since": since.isoformat(), "deliveries": count}
    _note(row, "endpoint.failed_replayed", actor, now, after)
    hint_at([row])
    return count


def _sending(endpoint: Endpoint, actor: Actor) -> Endpoint:
    row = mine(endpoint, actor)
    if row.disabled_at is not None:
        raise EndpointDisabled
    return row


def _has_room(endpoint: Endpoint, now: datetime) -> bool:
    # The tenant is counted without its lock: endpoints claimed at the same instant may go over its share.
    hands, failing = settings.WEBHOOK_THREADS, endpoint.failing_since is not None
    if queries.under_way(endpoint, now=now) >= health.most_at_once(hands, failing=failing):
        return False
    return queries.under_way_of(endpoint.tenant_id, now=now) < health.most_of_tenant(hands)


def _take(row: Delivery, endpoint: Endpoint, now: datetime) -> None:
    row.delivered_at, row.next_at, row.given_up_at = now, None, None
    if endpoint.failing_since is not None:
        endpoint.failing_since = None
        endpoint.save(update_fields=["failing_since"])


def _note_failure(row: Delivery, endpoint: Endpoint, tried: Try, now: datetime) -> None:
    """Whether the delivery goes on, and the endpoint with it."""
    # Given up during the try: somebody switched the endpoint off, and perhaps on again.
    if row.event == TEST or not endpoint.is_enabled or row.given_up_at is not None:
        row.next_at, row.given_up_at = None, row.given_up_at or now
        return
    _fail(endpoint, tried.status, now)
    if row.next_at is None or not endpoint.is_enabled:
        row.next_at, row.given_up_at = None, now
        _tell_of_failure(row, endpoint, now)


def _give_up(row: Delivery, endpoint: Endpoint, now: datetime) -> None:
    row.next_at, row.lease_until, row.given_up_at = None, None, now
    row.save(update_fields=["next_at", "lease_until", "given_up_at"])
    if row.event != TEST:
        _fail(endpoint, None, now)
        _tell_of_failure(row, endpoint, now)


def _fail(endpoint: Endpoint, status: int | None, now: datetime) -> None:
    """It fails from now on, if it did not before; gone, or failing for too long, it is switched off."""
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    too_long = health.has_failed_for_too_long(failing_since=endpoint.failing_since, now=now)
    if status == health.GONE or too_long:
        why = Endpoint.GONE if status == health.GONE else Endpoint.FAILING
        switch_off(endpoint=endpoint, why=why, actor=WEBHOOKS, now=now)


def _tell_of_failure(row: Delivery, endpoint: Endpoint, now: datetime) -> None:
    """The tenant's other endpoints hear of it; never of a failure to tell of one."""
    if row.event == DELIVERY_FAILED:
        return
    data = {
        "event_id": row.event_id,
        "endpoint_id": endpoint.public_id,
        "attempt_count": row.tried,
        "event": row.event,
        "endpoint_disabled": not endpoint.is_enabled,
    }
    publish(
        tenant=endpoint.tenant,
        event=DELIVERY_FAILED,
        data=data,
        now=now,
        org_key=row.call.org.key if row.call and row.call.org else None,
        left_out=endpoint,
    )


def _note(
    endpoint: Endpoint, verb: str, actor: Actor, now: datetime, after: dict[str, object]
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=endpoint,
        tenant_id=endpoint.tenant_id,
        now=now,
        after=after,
    )
