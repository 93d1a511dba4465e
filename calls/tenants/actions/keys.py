"""Keys of programs: issued, given other scopes, revoked."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants import keys, roles, scope
from calls.tenants.models import ApiKey, Org, Tenant

KEYS = "keys:write"


class KeyAlreadyRevoked(Refusal):
    """A revoked key stays revoked."""

    code = "key_already_revoked"
    message = "This key was already revoked. Issue a new one if a program still needs access."


class KeyNotUsable(Refusal):
    """What is revoked or expired is not given out again, nor changed."""

    code = "key_not_usable"
    message = "This key is revoked or expired. Issue a new one."


class KeyIssuedLately(Refusal):
    """A program asked again, perhaps because the answer with the key got lost."""

    code = "possible_duplicate"
    message = (
        "A key with this name was issued less than a minute ago. Revoke it if its answer got lost, or"
        " choose another name."
    )


@transaction.atomic
def issue_runtime_key(
    *,
    tenant: Tenant,
    actor: Actor,
    now: datetime,
    name: str,
    scopes: Iterable[str] = ("calls:write", "calls:read"),
    org_keys: Iterable[str] = (),
    expires_at: datetime | None = None,
    apart: timedelta = timedelta(0),
) -> tuple[ApiKey, str]:
    """Issue a key for a tenant's programs; the second value is the key itself, seen only now.

    Of one name, keys in force are issued this far `apart`.
    Raises NotPermitted, NotFound, BadField, KeyIssuedLately.
    """
    scope.must_hold(actor, tenant.pk, KEYS)
    scopes, org_keys = list(scopes), list(org_keys)
    scope.must_not_exceed(actor, org_keys)
    _must_be_known(scopes)
    _must_be_units(tenant, org_keys)
    _must_not_be_past(expires_at, now)
    if apart:
        _must_be_apart(tenant, name, now - apart)
    return write_key(
        ApiKey(
            tenant=tenant,
            kind=ApiKey.RUNTIME,
            name=name,
            scopes=scopes,
            org_keys=org_keys,
            expires_at=expires_at,
        ),
        actor=actor,
        now=now,
    )


@transaction.atomic
def issue_admin_key(*, actor: Actor, now: datetime, name: str) -> tuple[ApiKey, str]:
    """Issue a key for the admin surface; it opens no tenant's runtime paths. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return write_key(ApiKey(kind=ApiKey.ADMIN, name=name), actor=actor, now=now)


def write_key(row: ApiKey, *, actor: Actor, now: datetime) -> tuple[ApiKey, str]:
    """Mint the key of a row that its verb has filled in, and keep the row. Asks for no right."""
    key, spelled = keys.mint(_environment(row))
    row.key_id, row.sha256 = spelled.key_id, spelled.sha256
    row.created_at, row.created_by = now, actor.name
    row.save(force_insert=True)
    audit.note(
        actor=actor,
        verb="key.issued",
        target=row,
        tenant_id=row.tenant_id,
        now=now,
        after={"kind": row.kind, "scopes": row.scopes},
    )
    return row, key


def _environment(row: ApiKey) -> str:
    if row.tenant is None:
        return "admin"
    return "test" if row.tenant.is_sandbox else "live"


def _must_be_known(scopes: Collection[str]) -> None:
    if unknown := set(scopes) - set(roles.RUNTIME_SCOPES):
        raise BadField("scopes", f"Unknown scopes: {', '.join(sorted(unknown))}.")


def _must_be_units(tenant: Tenant, org_keys: Collection[str]) -> None:
    known = Org.objects.filter(tenant=tenant, key__in=org_keys).values_list("key", flat=True)
    if org_keys and (unknown := set(org_keys) - set(known)):
        names = ", ".join(sorted(unknown))
        raise BadField("org_keys", f"This tenant has no business unit {names}.")


def _must_be_apart(tenant: Tenant, name: str, since: datetime) -> None:
    # Two requests at once are looked at one after the other.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    lately = ApiKey.objects.filter(
        tenant=tenant, name=name, created_at__gt=since, revoked_at__isnull=True
    )
    if known := lately.order_by("-id").first():
        raise KeyIssuedLately(key_id=known.public_id)


def _must_not_be_past(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise BadField("expires_at", "This time is past. Give one that is to come, or none.")


@transaction.atomic
def change_key_scopes(*, key: ApiKey, scopes: Iterable[str], actor: Actor, now: datetime) -> ApiKey:
    """Let a runtime key do more or less from its next request on; accepted calls go on.

    Raises NotPermitted, NotFound, BadField, KeyNotUsable.
    """
    scope.must_hold(actor, key.tenant_id, KEYS)
    key = must_be_usable(key, now)
    scope.must_not_exceed(actor, key.org_keys)
    given = list(dict.fromkeys(scopes))
    if key.kind == ApiKey.ADMIN:
        raise BadField("scopes", "An admin key has no scopes: it opens all of the admin API.")
    if not given:
        raise BadField("scopes", "Give at least one scope. To end the key, revoke it.")
    _must_be_known(given)
    before, key.scopes = key.scopes, given
    key.save(update_fields=["scopes"])
    audit.note(
        actor=actor,
        verb="key.scopes_changed",
        target=key,
        tenant_id=key.tenant_id,
        now=now,
        before={"scopes": before},
        after={"scopes": given},
    )
    return key


def must_be_usable(key: ApiKey, now: datetime) -> ApiKey:
    """The key as it stands, nobody else changing it until we are done. Raises KeyNotUsable."""
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("tenant")
    key = rows.get(pk=key.pk)
    if not key.is_usable(now):
        raise KeyNotUsable
    return key


@transaction.atomic
def revoke_key(
    *, key: ApiKey, actor: Actor, now: datetime, leaked: bool = False, source: str = ""
) -> ApiKey:
    """End a key at once, in every process: keys are never cached.

    Calls it asked for go on, as after a rotation; those of a key that `leaked` are stopped, also when
    that is found out after it was revoked. `source` says where it was found.
    Raises NotPermitted, NotFound, KeyAlreadyRevoked.
    """
    scope.must_hold(actor, key.tenant_id, KEYS)
    rows = ApiKey.objects.filter(pk=key.pk)
    changed = rows.filter(revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=actor.name, leaked_at=now if leaked else None
    )
    if not changed and leaked:
        changed = rows.filter(leaked_at__isnull=True).update(leaked_at=now)
    if not changed:
        raise KeyAlreadyRevoked
    key.refresh_from_db()
    audit.note(
        actor=actor,
        verb="key.revoked",
        target=key,
        tenant_id=key.tenant_id,
        now=now,
        after={"leaked": leaked} | ({"source": source} if source else {}),
    )
    return key
