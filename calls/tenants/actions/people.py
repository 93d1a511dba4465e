"""People: who signs in, in which business units, with which role in which tenant."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import Refusal
from calls.tenants import roles, scope
from calls.tenants.actions.columns import must_be_among
from calls.tenants.models import Member, Org, Tenant, User

SETUP = "setup:write"
OF_A_PERSON = frozenset({"name", "is_active", "is_staff"})


class AlreadyMember(Refusal):
    """The person already has a role in this tenant."""

    code = "already_member"
    message = "This person is already a member. Change their role instead of adding them again."


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
    must_be_among(OF_A_PERSON, changes)
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
    scope.must_act_for_all(actor)
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
    scope.must_not_exceed(actor, (org.key for org in orgs))
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
    scope.must_not_exceed(actor, member.orgs.values_list("key", flat=True))
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
    scope.must_not_exceed(actor, member.orgs.values_list("key", flat=True))
    member.ended_at = now
    member.save(update_fields=["ended_at"])
    audit.note(actor=actor, verb="member.ended", target=member, tenant_id=member.tenant_id, now=now)
    return member
