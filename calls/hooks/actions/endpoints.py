"""Endpoints of a tenant: added, given a new secret, disabled, enabled, ended."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.hooks.envelope import EVENTS
from calls.hooks.models import Delivery, Endpoint
from calls.lib import dialler, signing
from calls.lib.errors import BadField, Refusal
from calls.lib.public import Turn
from calls.lib.secrets import seal
from calls.tenants import scope
from calls.tenants.models import Org, Tenant

# Of keys of programs, and of people who set the tenant up.
RIGHTS = ("webhooks:write", "setup:write")
MOST = 20
LOOKUPS = Turn()  # of names, from web requests
OVERLAP = timedelta(hours=24)


class TooManyEndpoints(Refusal):
    """Every event is written down once for each endpoint."""

    code = "too_many_endpoints"
    message = f"There are {MOST} endpoints already. Delete one that is not needed any more."


class EndpointExists(Refusal):
    """Two endpoints at one address would tell the same thing twice."""

    code = "endpoint_exists"
    message = "There is an endpoint at this address already. Use it, or delete it first."


class EndpointEnded(Refusal):
    """What was deleted is kept for its log, and nothing else."""

    code = "endpoint_deleted"
    message = "This endpoint was deleted. Add a new one at the same address."


def may_reach_loopback(tenant: Tenant) -> bool:
    """Whether this tenant's webhooks may go to this very machine: a sandbox's, where the setting allows it."""
    return tenant.is_sandbox and bool(settings.WEBHOOKS_TO_LOOPBACK)


def add_endpoint(
    *,
    tenant: Tenant,
    actor: Actor,
    now: datetime,
    url: str,
    events: Iterable[str] = (),
    org_keys: Iterable[str] = (),
) -> tuple[Endpoint, str]:
    """Tell an address of events from now on; the second value is its secret, seen only now.

    No events named: all of them. Whoever acts for some business units gives no more than these.
    Raises NotFound, NotPermitted, BadField, EndpointExists, TooManyEndpoints, Busy.
    """
    endpoint, secret = prepare_endpoint(
        tenant=tenant, actor=actor, now=now, url=url, events=events, org_keys=org_keys
    )
    return keep_endpoint(endpoint=endpoint, actor=actor, now=now), secret


def prepare_endpoint(
    *,
    tenant: Tenant,
    actor: Actor,
    now: datetime,
    url: str,
    events: Iterable[str] = (),
    org_keys: Iterable[str] = (),
) -> tuple[Endpoint, str]:
    """The first half: the endpoint and its secret, not kept yet. For whoever keeps more than it at once.

    Names are looked up in the network, so this is done outside a transaction.
    Raises NotFound, NotPermitted, BadField, EndpointExists, TooManyEndpoints, Busy.
    """
    scope.must_hold(actor, tenant.pk, *RIGHTS)
    units = list(dict.fromkeys(org_keys)) or sorted(actor.orgs or ())
    scope.must_not_exceed(actor, units)
    wanted = _known_events(events)
    _must_be_units(tenant, units)
    _must_have_room(tenant, url)
    must_be_allowed(url, tenant)
    secret = signing.new_secret()
    endpoint = Endpoint(
        tenant=tenant,
        url=url,
        events=wanted,
        org_keys=units,
        sealed_secret=seal(secret),
        created_at=now,
        created_by=actor.name[:200],
    )
    return endpoint, secret


@transaction.atomic
def rotate_secret(
    *, endpoint: Endpoint, actor: Actor, now: datetime, at_once: bool = False
) -> tuple[Endpoint, str]:
    """Sign with a new secret, and for a day with the former one too; the new one is seen only now.

    Within that day a further rotation replaces the new one alone: its answer may have been lost, and the
    receiver knows the former one. A secret that leaked has to end `at_once`: then only the new one signs.
    Raises NotFound, NotPermitted, EndpointEnded.
    """
    row, secret = mine(endpoint, actor), signing.new_secret()
    if at_once:
        row.sealed_former_secret, row.former_until = "", None
    elif row.former_until is None or row.former_until <= now:
        row.sealed_former_secret, row.former_until = row.sealed_secret, now + OVERLAP
    row.sealed_secret = seal(secret)
    row.save(update_fields=["sealed_former_secret", "sealed_secret", "former_until"])
    after = {"former_until": row.former_until.isoformat() if row.former_until else None}
    _note(row, "endpoint.secret_rotated", actor, now, after)
    return row, secret


@transaction.atomic
def disable_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> Endpoint:
    """Send nothing there any more, until somebody enables it; what waits is given up and can be replayed.

    Raises NotFound, NotPermitted, EndpointEnded.
    """
    row = mine(endpoint, actor)
    if row.disabled_at is None:
        switch_off(endpoint=row, why=Endpoint.PERSON, actor=actor, now=now)
    return row


@transaction.atomic
def enable_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> Endpoint:
    """Send there again what happens from now on; what was given up meanwhile waits for a replay.

    Raises NotFound, NotPermitted, EndpointEnded.
    """
    row = mine(endpoint, actor)
    if row.disabled_at is not None:
        before = {"disabled_by": row.disabled_by}
        row.disabled_at, row.disabled_by = None, ""
        row.failing_since = row.tell_at = None
        row.save(update_fields=["disabled_at", "disabled_by", "failing_since", "tell_at"])
        _note(row, "endpoint.enabled", actor, now, {}, before)
    return row


@transaction.atomic
def end_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> Endpoint:
    """Delete an endpoint: nothing is sent there any more, its secrets are gone, its log stays.

    Raises NotFound, NotPermitted, EndpointEnded.
    """
    row = mine(endpoint, actor)
    row.ended_at, row.tell_at = now, None
    row.sealed_secret = row.sealed_former_secret = ""
    row.save(update_fields=["ended_at", "tell_at", "sealed_secret", "sealed_former_secret"])
    _give_up_waiting(row, now)
    _note(row, "endpoint.deleted", actor, now, {})
    return row


def switch_off(*, endpoint: Endpoint, why: str, actor: Actor, now: datetime) -> None:
    """Disable a locked endpoint inside the caller's transaction; its admins hear of what nobody chose."""
    endpoint.disabled_at, endpoint.disabled_by = now, why
    endpoint.tell_at = None if why == Endpoint.PERSON else now
    endpoint.save(update_fields=["disabled_at", "disabled_by", "tell_at"])
    _give_up_waiting(endpoint, now)
    _note(endpoint, "endpoint.disabled", actor, now, {"why": why})


def must_be_allowed(url: str, tenant: Tenant) -> None:
    """Let only an address pass that webhooks may be sent to right now. Raises BadField, Busy."""
    try:
        dialler.check(url, loopback=may_reach_loopback(tenant), turn=LOOKUPS)
    except dialler.NotAllowed as problem:
        raise BadField(
            "url", f"Nothing is sent to this address. {problem}", "url_not_allowed"
        ) from None


def locked(endpoint_id: UUID) -> Endpoint:
    """The endpoint as it stands, nobody else changing it until we are done."""
    # Without its key: deliveries to it are written meanwhile.
    rows = Endpoint.objects.select_for_update(of=("self",), no_key=True).select_related("tenant")
    return rows.get(pk=endpoint_id)


def mine(endpoint: Endpoint, actor: Actor) -> Endpoint:
    """The endpoint as it stands, for whoever may change it. Raises NotFound, NotPermitted, EndpointEnded."""
    scope.must_hold(actor, endpoint.tenant_id, *RIGHTS)
    row = locked(endpoint.pk)
    if actor.orgs is not None:
        scope.must_not_exceed(actor, row.org_keys)
    if row.ended_at is not None:
        raise EndpointEnded
    return row


@transaction.atomic
def keep_endpoint(*, endpoint: Endpoint, actor: Actor, now: datetime) -> Endpoint:
    """The second half: tell it of events from now on.

    Raises NotFound, NotPermitted, EndpointExists, TooManyEndpoints.
    """
    scope.must_hold(actor, endpoint.tenant_id, *RIGHTS)
    # Whoever adds one holds the tenant, so that two at once are counted one after the other.
    Tenant.objects.select_for_update(no_key=True).get(pk=endpoint.tenant_id)
    _must_have_room(endpoint.tenant, endpoint.url)
    endpoint.save(force_insert=True)
    after = {"url": endpoint.url, "events": endpoint.events, "orgs": endpoint.org_keys}
    _note(endpoint, "endpoint.added", actor, now, after)
    return endpoint


def _must_have_room(tenant: Tenant, url: str) -> None:
    standing = Endpoint.objects.filter(tenant=tenant, ended_at=None)
    if standing.filter(url=url).exists():
        raise EndpointExists
    if standing.count() >= MOST:
        raise TooManyEndpoints


def _give_up_waiting(endpoint: Endpoint, now: datetime) -> None:
    waiting = Delivery.objects.filter(endpoint=endpoint, next_at__isnull=False)
    waiting.update(next_at=None, given_up_at=now)


def _known_events(events: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(events))
    if unknown := sorted(set(wanted) - set(EVENTS)):
        raise BadField(
            "events", f"There is no event {unknown[0][:60]}. Choose among: {', '.join(EVENTS)}."
        )
    return wanted


def _must_be_units(tenant: Tenant, keys: list[str]) -> None:
    known = set(Org.objects.filter(tenant=tenant, key__in=keys).values_list("key", flat=True))
    if unknown := sorted(set(keys) - known):
        raise BadField("orgs", f"There is no business unit {unknown[0][:64]}. Check its org_id.")


def _note(
    endpoint: Endpoint,
    verb: str,
    actor: Actor,
    now: datetime,
    after: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:
    audit.note(
        actor=actor,
        verb=verb,
        target=endpoint,
        tenant_id=endpoint.tenant_id,
        now=now,
        before=before,
        after=after,
    )
