"""Keys of programs: issued, revoked, and when they were last used."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants import keys, roles, scope
from calls.tenants.models import ApiKey, Tenant

KEYS = "keys:write"


class KeyAlreadyRevoked(Refusal):
    """A revoked key stays revoked."""

    code = "key_already_revoked"
    message = "This key was already revoked. Issue a new one if a program still needs access."


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
) -> tuple[ApiKey, str]:
    """Issue a key for a tenant's programs; the second value is the key itself, seen only now.

    Raises NotPermitted, NotFound, BadField.
    """
    scope.must_hold(actor, tenant.pk, KEYS)
    scopes, org_keys = list(scopes), list(org_keys)
    scope.must_not_exceed(actor, org_keys)
    if unknown := set(scopes) - set(roles.RUNTIME_SCOPES):
        raise BadField("scopes", f"Unknown scopes: {', '.join(sorted(unknown))}.")
    return _issue(
        ApiKey(
            tenant=tenant,
            kind=ApiKey.RUNTIME,
            name=name,
            scopes=scopes,
            org_keys=org_keys,
            expires_at=expires_at,
        ),
        environment="test" if tenant.is_sandbox else "live",
        actor=actor,
        now=now,
    )


@transaction.atomic
def issue_admin_key(*, actor: Actor, now: datetime, name: str) -> tuple[ApiKey, str]:
    """Issue a key for the admin surface; it opens no tenant's runtime paths. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return _issue(ApiKey(kind=ApiKey.ADMIN, name=name), environment="admin", actor=actor, now=now)


def _issue(row: ApiKey, *, environment: str, actor: Actor, now: datetime) -> tuple[ApiKey, str]:
    key, spelled = keys.mint(environment)
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


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: Actor, now: datetime, leaked: bool = False) -> ApiKey:
    """End a key at once, in every process: keys are never cached.

    Calls it asked for go on, as after a rotation; those of a key that `leaked` are stopped, also when
    that is found out after it was revoked. Raises NotPermitted, NotFound, KeyAlreadyRevoked.
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
        after={"leaked": leaked},
    )
    return key


def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Remember when a key was last used, at most once a minute."""
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() >= 60:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
