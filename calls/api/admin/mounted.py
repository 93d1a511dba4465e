"""The admin API: every address below /api/v1/admin/."""

from ninja import NinjaAPI

from calls.api import errors
from calls.api.admin import dnc, keys, rollout, tenants
from calls.api.body import StrictParser

admin_api = NinjaAPI(
    title="Greenlight: administration",
    version="2026-05-14",
    description="Tenants, their keys and what they speak with, for whoever runs the installation.",
    urls_namespace="admin-api",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
)
admin_api.add_router("", tenants.router)
admin_api.add_router("", rollout.router)
admin_api.add_router("/tenants/{tenant_id}/api-keys", keys.router)
admin_api.add_router("/dnc", dnc.router)
errors.register(admin_api)
