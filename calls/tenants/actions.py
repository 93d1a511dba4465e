"""Verbs of tenants, members and keys: the console, the Django admin and the seed all call these."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants import keys, roles, scope
from calls.tenants.models import ApiKey, Member, Org, Tenant, User

SETUP, KEYS = "setup:write", "keys:write"
# What may be changed of a tenant by its admins, and of a person; a tenant's mode is the house's to choose.
SETTINGS = frozenset(
    "name mode time_zone country_groups calling_hours outside_hours unknown_outcome"
    " unapproved_greeting spoken_name allow_toll_free".split()
)
OF_A_PERSON = frozenset({"name", "is_active", "is_staff"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class AlreadyMember(Refusal):
    """The person already has a role in this tenant."""

    code = "already_member"
    message = "This person is already a member. Change their role instead of adding them again."


class KeyAlreadyRevoked(Refusal):
    """A revoked key stays revoked."""

    code = "key_already_revoked"
    message = "This key was already revoked. Issue a new one if a program still needs access."


@transaction.atomic
def create_tenant(
    *,
    actor: Actor,
    now: datetime,
    slug: str,
    name: str,
    mode: str = Tenant.SANDBOX,
    time_zone: str = "UTC",
    country_groups: Iterable[str] = (),
) -> Tenant:
    """Open a tenant; with no country group chosen it can call nobody. Raises NotPermitted."""
    scope.must_belong(actor, None)
    tenant = Tenant.objects.create(
        slug=slug,
        name=name,
        mode=mode,
        time_zone=time_zone,
        country_groups=list(country_groups),
        live_since=now if mode == Tenant.LIVE else None,
        created_at=now,
    )
    after = {"slug": slug, "mode": mode, "country_groups": tenant.country_groups}
    audit.note(
        actor=actor, verb="tenant.created", target=tenant, tenant_id=tenant.id, now=now, after=after
    )
    return tenant


@transaction.atomic
def change_tenant(*, tenant: Tenant, actor: Actor, now: datetime, **changes: object) -> Tenant:
    """Change named SETTINGS of a tenant; whether it is live is for whoever runs the installation.

    The first time it goes live is remembered: a new tenant's limits rise from there (R5.11).
    Raises NotPermitted, NotFound.
    """
    _must_be_among(SETTINGS, changes)
    scope.must_hold(actor, tenant.pk, SETUP)
    if "mode" in changes:
        scope.must_belong(actor, None)
    if changes.get("mode") == Tenant.LIVE and tenant.live_since is None:
        changes["live_since"] = now
    return _change(tenant, actor, now, **changes)


def _must_be_among(columns: frozenset[str], changes: Mapping[str, object]) -> None:
    """Nobody types a column's name: another one than these is a mistake of ours."""
    if strange := sorted(changes.keys() - columns):
        raise TypeError(f"Not to be changed like this: {', '.join(strange)}.")


def _change(tenant: Tenant, actor: Actor, now: datetime, **changes: object) -> Tenant:
    before = {name: getattr(tenant, name) for name in changes}
    for name, value in changes.items():
        setattr(tenant, name, value)
    tenant.save(update_fields=list(changes))
    audit.note(
        actor=actor,
        verb="tenant.changed",
        target=tenant,
        tenant_id=tenant.id,
        now=now,
        before={name: str(value) for name, value in before.items()},
        after={name: str(value) for name, value in changes.items()},
    )
    return tenant


@transaction.atomic
def set_calling_hours(
    *, tenant: Tenant, hours: Mapping[str, Sequence[str]], actor: Actor, now: datetime
) -> Tenant:
    """Call only in these hours of the callee's day, where the law allows them; the law stays as it is.

    `hours` is a weekday's start and end, `{"mon": ["10:00", "18:00"]}`; days left out are closed, and
    nothing at all means no hours of one's own. Raises NotPermitted, NotFound, BadField.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    week = {day: _window(day, hours[day]) for day in WEEKDAYS if day in hours}
    if strange := sorted(hours.keys() - week.keys()):
        raise BadField(strange[0], f"Name days {', '.join(WEEKDAYS)}.")
    return change_tenant(tenant=tenant, actor=actor, now=now, calling_hours=week)


def _window(day: str, hours: Sequence[str]) -> list[str]:
    if len(hours) != 2 or not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time) for time in hours):
        raise BadField(day, "Write two times like 09:00 and 17:30.")
    if hours[0] >= hours[1]:
        raise BadField(day, "The day must end after it starts.")
    return list(hours)


@transaction.atomic
def suspend_tenant(*, tenant: Tenant, actor: Actor, now: datetime, reason: str) -> Tenant:
    """Stop every call of this tenant, accepted ones included, until it is resumed. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return _change(tenant, actor, now, suspended_at=now, suspended_reason=reason)


@transaction.atomic
def resume_tenant(*, tenant: Tenant, actor: Actor, now: datetime) -> Tenant:
    """Let a suspended tenant call again. Raises NotPermitted."""
    scope.must_belong(actor, None)
    return _change(tenant, actor, now, suspended_at=None, suspended_reason="")


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    now: datetime,
    email: str,
    name: str,
    password: str | None = None,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """Create someone who can sign in; without a password they must reset it by e-mail first.

    Whoever runs the installation does; admins invite members. Raises NotPermitted.
    """
    scope.must_belong(actor, None)
    user = User(email=email.lower(), name=name, is_staff=is_staff, is_superuser=is_superuser)
    user.set_password(password)
    return _create(user, actor, now)


def _create(user: User, actor: Actor, now: datetime) -> User:
    user.save(force_insert=True)
    audit.note(actor=actor, verb="user.created", target=user, tenant_id=None, now=now)
    return user


@transaction.atomic
def change_user(*, user: User, actor: Actor, now: datetime, **changes: object) -> User:
    """Change the name of a person, and whether they are let in; an inactive one is out at once.

    They may belong to several tenants, so whoever runs the installation does. Raises NotPermitted.
    """
    _must_be_among(OF_A_PERSON, changes)
    scope.must_belong(actor, None)
    return _change_person(user, actor, now, **changes)


def _change_person(user: User, actor: Actor, now: datetime, **changes: object) -> User:
    before = {name: getattr(user, name) for name in changes}
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    audit.note(
        actor=actor,
        verb="user.changed",
        target=user,
        tenant_id=None,
        now=now,
        before={name: str(value) for name, value in before.items()},
        after={name: str(value) for name, value in changes.items()},
    )
    return user


@transaction.atomic
def add_org(*, tenant: Tenant, actor: Actor, now: datetime, key: str, name: str) -> Org:
    """Add a business unit; `key` is the `org_id` programs send. Raises NotPermitted, NotFound."""
    scope.must_hold(actor, tenant.pk, SETUP)
    org = Org.objects.create(tenant=tenant, key=key, name=name)
    audit.note(actor=actor, verb="org.added", target=org, tenant_id=tenant.id, now=now)
    return org


@transaction.atomic
def add_member(
    *,
    tenant: Tenant,
    user: User,
    role: str,
    actor: Actor,
    now: datetime,
    orgs: Iterable[Org] = (),
) -> Member:
    """Give a person a role in a tenant, perhaps in some of its orgs.

    Raises NotPermitted, NotFound, AlreadyMember.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    orgs = list(orgs)
    scope.must_own(tenant, *orgs)
    if Member.objects.filter(tenant=tenant, user=user, ended_at__isnull=True).exists():
        raise AlreadyMember
    member = Member.objects.create(tenant=tenant, user=user, role=role, created_at=now)
    member.orgs.set(orgs)
    _let_in(member, actor=actor, now=now)
    audit.note(
        actor=actor,
        verb="member.added",
        target=member,
        tenant_id=tenant.id,
        now=now,
        after={"role": role},
    )
    return member


@transaction.atomic
def invite_member(
    *,
    tenant: Tenant,
    email: str,
    name: str,
    role: str,
    actor: Actor,
    now: datetime,
    orgs: Iterable[Org] = (),
) -> Member:
    """Add the person with this address, known here or not yet.

    Somebody new sets a password by e-mail; somebody known keeps the name they have. Raises NotPermitted,
    NotFound, AlreadyMember.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=email.lower(), name=name)
        user.set_unusable_password()
        _create(user, actor, now)
    return add_member(tenant=tenant, user=user, role=role, actor=actor, now=now, orgs=orgs)


@transaction.atomic
def change_role(*, member: Member, role: str, actor: Actor, now: datetime) -> Member:
    """Give a member another role; their next request already has it. Raises NotPermitted, NotFound."""
    scope.must_hold(actor, member.tenant_id, SETUP)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    _let_in(member, actor=actor, now=now)
    audit.note(
        actor=actor,
        verb="member.role_changed",
        target=member,
        tenant_id=member.tenant_id,
        now=now,
        before={"role": before},
        after={"role": role},
    )
    return member


def _let_in(member: Member, *, actor: Actor, now: datetime) -> None:
    """Admins of a tenant may open the Django admin, where they see the rows of their tenants only."""
    if member.role == roles.ADMIN and not member.user.is_staff:
        _change_person(member.user, actor, now, is_staff=True)


@transaction.atomic
def end_membership(*, member: Member, actor: Actor, now: datetime) -> Member:
    """Take a person out of a tenant; what they did stays on record under their name.

    Raises NotPermitted, NotFound.
    """
    scope.must_hold(actor, member.tenant_id, SETUP)
    member.ended_at = now
    member.save(update_fields=["ended_at"])
    audit.note(actor=actor, verb="member.ended", target=member, tenant_id=member.tenant_id, now=now)
    return member


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
    scopes = list(scopes)
    if unknown := set(scopes) - set(roles.RUNTIME_SCOPES):
        raise BadField("scopes", f"Unknown scopes: {', '.join(sorted(unknown))}.")
    return _issue(
        ApiKey(
            tenant=tenant,
            kind=ApiKey.RUNTIME,
            name=name,
            scopes=scopes,
            org_keys=list(org_keys),
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
