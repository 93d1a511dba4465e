"""Signed-in clients on the Django admin: who runs the installation, and admins of single tenants."""

from typing import Any

from django.test import Client

from calls.tenants import actions as tenants
from calls.tenants.models import ApiKey, Member, Tenant
from tests.console.signed_in import sign_in
from tests.world import NOW, PASSWORD, SEED, World, person


def platform(email: str = "pat@greenlight.example") -> Client:
    """Whoever runs the installation."""
    tenants.create_user(
        actor=SEED,
        now=NOW,
        email=email,
        name="Pat",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
    )
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def admin_of_acme(world: World) -> Client:
    """Ada, who administers Acme and nothing else."""
    return sign_in(world, "ada")


def admin_of_globex(world: World) -> Client:
    """Gus, who administers Globex and must see nothing of Acme."""
    world.members["gus"] = person("gus", world.globex, "admin")
    return sign_in(world, "gus")


def globex_key(world: World) -> ApiKey:
    """A runtime key of the other tenant."""
    key, _ = tenants.issue_runtime_key(
        tenant=world.globex, actor=SEED, now=NOW, name="Globex program"
    )
    return key


def url(row: Any, page: str = "change") -> str:
    """The address of a row's page in the admin."""
    return f"/admin/calls/{row._meta.model_name}/{row.pk}/{page}/"


def list_url(model: type[Any]) -> str:
    """The address of a list in the admin."""
    return f"/admin/calls/{model._meta.model_name}/"


def act(client: Client, row: Any, name: str, **fields: Any) -> Any:
    """Do a confirmed act to one row."""
    posted = {"action": name, "_selected_action": str(row.pk), "confirmed": "1"} | fields
    return client.post(list_url(type(row)), posted, follow=True)


def new_key(of: Tenant, /, **fields: Any) -> dict[str, Any]:
    """The form of a new key, as filled in for a tenant."""
    asked = {"tenant": str(of.pk), "name": "Shop program", "scopes": ["calls:write"]}
    empty = {"org_keys": "", "expires_at_0": "", "expires_at_1": "", "once": "form-1"}
    return asked | empty | fields


def current(world: World, tenant: Tenant) -> list[str]:
    """Addresses of a tenant's members now."""
    rows = Member.objects.filter(tenant=tenant, ended_at=None).order_by("user__email")
    return list(rows.values_list("user__email", flat=True))
