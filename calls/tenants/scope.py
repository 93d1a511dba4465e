"""The only loaders of tenant objects: every door asks here, so another tenant's row is never found."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import and_
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from calls.audit.actor import Actor
from calls.lib import ids
from calls.lib.errors import NotFound, NotPermitted
from calls.lib.rows import Row
from calls.tenants import keys, roles
from calls.tenants.models import ApiKey, Member, Org, Tenant, TenantRow, User

R = TypeVar("R", bound=TenantRow)
A = TypeVar("A", bound=Row)

HOUSES = "Only whoever runs this installation acts on all tenants at once."
BEYOND = "You act for some business units only. Give others no more than these: name one or more of them."
WIDER = "This holds for more than your business units. Ask somebody who acts for all of them."
ELSEWHERE = (
    "This belongs to a business unit that you do not act for. Ask somebody who does, or an admin"
    " who acts for all of them."
)


def one(rows: QuerySet[R], *, tenant: Tenant, public_id: str) -> R:
    """The tenant's row with this public id. Raises NotFound, the same for missing and for foreign."""
    return one_of(rows.filter(tenant=tenant), public_id)


def one_of(rows: QuerySet[A], public_id: str) -> A:
    """The row with this public id, of rows that are in reach already. Raises NotFound."""
    key = ids.parse(rows.model.PREFIX, public_id)
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise NotFound().naming(public_id)
    return found


def must_own(tenant: Tenant, *rows: TenantRow | None) -> None:
    """Let only the tenant's own rows be tied together. Raises NotFound, as if a foreign one were none."""
    if any(row is not None and row.tenant_id != tenant.pk for row in rows):
        raise NotFound


def runs_the_house(actor: Actor) -> bool:
    """Whether this is the house itself at work, or whoever runs the installation."""
    return actor.kind == "system" or actor.can(roles.PLATFORM)


def belongs(actor: Actor, tenant_id: UUID | None) -> bool:
    """Whether this is the actor's tenant; everything is the house's, also what is no tenant's."""
    return runs_the_house(actor) or (tenant_id is not None and actor.tenant_id == tenant_id)


def holds(actor: Actor, tenant_id: UUID | None, *permissions: str) -> bool:
    """Whether this is the actor's tenant, where it holds one of these rights; the house holds all."""
    named = runs_the_house(actor) or any(map(actor.can, permissions))
    return named and belongs(actor, tenant_id)


def must_belong(actor: Actor, tenant_id: UUID | None) -> None:
    """The last lock behind the doors: nobody's rights reach into another tenant.

    What belongs to no tenant is the installation's. Raises NotFound, NotPermitted.
    """
    if not belongs(actor, tenant_id):
        raise NotPermitted(HOUSES) if tenant_id is None else NotFound


def must_hold(actor: Actor, tenant_id: UUID | None, *permissions: str) -> None:
    """Let the house act, and whoever works for this tenant and holds one of these rights.

    Without any right named, only the house. Raises NotFound, NotPermitted.
    """
    must_belong(actor, tenant_id)
    if not holds(actor, tenant_id, *permissions):
        raise NotPermitted


def serves(actor: Actor, *orgs: Org | None) -> bool:
    """Whether the actor may act for all of these business units; what belongs to none is everybody's."""
    return actor.orgs is None or all(org is None or org.key in actor.orgs for org in orgs)


def must_serve(actor: Actor, *orgs: Org | None) -> None:
    """Let nobody touch what belongs to a business unit they do not act for. Raises NotPermitted."""
    if not serves(actor, *orgs):
        raise NotPermitted(ELSEWHERE)


def acts_for_all(actor: Actor) -> bool:
    """Whether the actor acts for the tenant as a whole, not for some business units only."""
    return actor.orgs is None


def must_act_for_all(actor: Actor) -> None:
    """Let nobody who acts for some business units loosen what holds for all. Raises NotPermitted."""
    if not acts_for_all(actor):
        raise NotPermitted(WIDER)


def must_not_exceed(actor: Actor, keys: Iterable[str]) -> None:
    """Let nobody give out more than they have: none of `keys` would mean all units. Raises NotPermitted."""
    given = frozenset(keys)
    if actor.orgs is not None and not (given and given <= actor.orgs):
        raise NotPermitted(BEYOND)


def of_orgs(orgs: frozenset[str] | None, *paths: str) -> Q:
    """The rows a reader limited to `orgs` sees: those of these business units and of none.

    `paths` lead from a row to its business units, all of which must be among `orgs`.
    """
    if orgs is None:
        return Q()
    each = (Q(**{path: None}) | Q(**{f"{path}__key__in": orgs}) for path in paths or ("org",))
    return reduce(and_, each)


def units_of(tenant: Tenant, *, orgs: frozenset[str] | None) -> list[Org]:
    """The business units that somebody limited to `orgs` may choose, by name."""
    rows = Org.objects.filter(tenant=tenant).order_by("name", "key")
    return list(rows if orgs is None else rows.filter(key__in=orgs))


def get_membership(*, user: User, slug: str) -> Member:
    """The user's current membership of the tenant in the URL. Raises NotFound."""
    member = (
        Member.objects.select_related("tenant", "user")
        .filter(user=user, tenant__slug=slug, ended_at__isnull=True)
        .first()
    )
    if member is None:
        raise NotFound
    return member


def get_memberships(user: User) -> list[Member]:
    """Every tenant this user may enter, by name."""
    current = Member.objects.filter(user=user, ended_at__isnull=True)
    return list(current.select_related("tenant").order_by("tenant__name"))


def members_of(tenant: Tenant) -> QuerySet[Member]:
    """Everybody who works for the tenant now, by name."""
    current = Member.objects.filter(tenant=tenant, ended_at__isnull=True)
    return current.select_related("user").order_by("user__name", "id")


def get_key(*, presented: str, now: datetime) -> ApiKey | None:
    """The usable key row behind a presented key; None for malformed, unknown, expired or revoked."""
    spelled = keys.parse(presented)
    if spelled is None:
        return None
    row = ApiKey.objects.select_related("tenant").filter(key_id=spelled.key_id).first()
    if row is None or not keys.same(row.sha256, spelled.sha256) or not row.is_usable(now):
        return None
    return row


def find_actor(public_id: str, *, tenant: Tenant, now: datetime) -> Actor | None:
    """The member or key with this id, with the rights it has now; None when it has none here any more."""
    if member_id := ids.parse(Member.PREFIX, public_id):
        member = members_of(tenant).filter(pk=member_id, user__is_active=True).first()
        return member_actor(member) if member else None
    if key_id := ids.parse(ApiKey.PREFIX, public_id):
        key = ApiKey.objects.filter(pk=key_id, tenant=tenant).first()
        return key_actor(key) if key and key.is_usable(now) else None
    return None


def member_actor(member: Member, *, request_id: str = "") -> Actor:
    """The rights of a signed-in member, frozen for one request."""
    orgs = frozenset(member.orgs.values_list("key", flat=True))
    return Actor(
        kind="member",
        id=member.public_id,
        name=str(member.user),
        may=roles.permissions_of(member.role),
        orgs=orgs or None,
        tenant_id=member.tenant_id,
        request_id=request_id,
    )


def key_actor(key: ApiKey, *, request_id: str = "") -> Actor:
    """The rights of an API key, frozen for one request; an admin key acts for the installation."""
    is_admin = key.kind == ApiKey.ADMIN
    return Actor(
        kind="key",
        id=key.public_id,
        name=str(key),
        may=frozenset({roles.PLATFORM} if is_admin else key.scopes),
        orgs=frozenset(key.org_keys) or None,
        tenant_id=key.tenant_id,
        request_id=request_id,
    )
