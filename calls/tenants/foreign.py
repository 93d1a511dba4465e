"""Is an id that was not found another tenant's?"""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from calls.lib import ids
from calls.tenants.models import Tenant


def kind_of(public_id: str, tenant: Tenant) -> str:
    """What kind of thing has this id in another tenant; empty when it is nobody's, or the tenant's own."""
    for prefix, (model, path) in _kinds().items():
        if key := ids.parse(prefix, public_id):
            owner = model._default_manager.filter(pk=key).values_list(path, flat=True).first()
            return "" if owner in (None, tenant.pk) else str(model._meta.verbose_name)
    return ""


@cache
def _kinds() -> dict[str, tuple[type[Model], str]]:
    """Every prefix with its table, and the way from there to the tenant."""
    found = {}
    for model in apps.get_app_config("calls").get_models():
        path = _way_to_the_tenant(model)
        if path and getattr(model, "PREFIX", ""):
            found[str(model.PREFIX)] = (model, path)  # type: ignore[attr-defined]
    return found


def _way_to_the_tenant(model: type[Model], depth: int = 2) -> str:
    """Its own column, or that of what it hangs on, or of what that hangs on."""
    links: list[Any] = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    if own := next((field for field in links if field.related_model is Tenant), None):
        return str(own.attname)
    for field in links if depth else ():
        if way := _way_to_the_tenant(field.related_model, depth - 1):
            return f"{field.name}__{way}"
    return ""
