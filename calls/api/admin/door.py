"""The one wrapper of every admin endpoint: credential → which tenants → as whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from calls.api.endpoint import InvalidCredential, WrongCredentialClass, note_use, presented_key
from calls.audit.actor import Actor
from calls.lib.errors import NotFound, NotPermitted, Refusal
from calls.tenants import reach, scope
from calls.tenants.models import ApiKey, Tenant

RUNTIME_KEYS = ("gl_live_", "gl_test_")


class InvalidAdminCredential(InvalidCredential):
    """No admin key, or none that is in force; which of these is not told."""

    message = (
        "Send an admin key in force as x-admin-key: gl_admin_…; whoever runs this installation"
        " issues them."
    )
    challenge = 'ApiKey realm="greenlight-admin", header="x-admin-key"'


class WantsAdminKey(WrongCredentialClass):
    """A runtime key where an admin key belongs (RELIABILITY R4.2)."""

    message = (
        "This path wants an admin key, as x-admin-key: gl_admin_…. A runtime key opens its own"
        " tenant's paths only."
    )


class CsrfFailed(Refusal):
    """A browser's session alone does not write: another site could have sent the request."""

    code = "csrf_failed"
    status = 403
    message = "Send the session's CSRF token as X-CSRFToken, or use an admin key instead."


class NeedsSecondFactor(Refusal):
    """Who administers a live tenant shows two factors here as on every page."""

    code = "second_factor_needed"
    status = 403
    message = "Admins of live tenants need a second factor. Add one in the console, under Account."


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who asks, which tenants they reach, as whom they act on a row of one of them, and when."""

    tenants: QuerySet[Tenant]
    acting: Callable[[UUID | None], Actor]
    now: datetime
    # Of rows with a tenant and a business unit, those they serve; all unless somebody is limited.
    units: Callable[[], Q] = Q

    def tenant(self, public_id: str) -> Tenant:
        """A tenant in reach. Raises NotFound, the same for missing and for foreign."""
        return scope.one_of(self.tenants, public_id)

    def on(self, tenant: Tenant | None) -> Actor:
        """The actor for a verb about this tenant, or about none."""
        return self.acting(tenant.pk if tenant else None)

    def for_all(self) -> Actor:
        """The actor for what is the installation's. Raises NotPermitted."""
        actor = self.on(None)
        scope.must_belong(actor, None)
        return actor


class AdminKey(AuthBase):
    """Lets in an admin key in force, for every tenant; passes on who shows no key at all."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "x-admin-key"

    def __call__(self, request: HttpRequest) -> Administrator | None:
        """Raises NotFound, InvalidAdminCredential, WantsAdminKey."""
        if "x-admin-key" not in request.headers and "authorization" not in request.headers:
            return None
        _must_be_issued()
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        shown = (bearer.strip(), request.headers.get("x-admin-key", "").strip())
        if any(presented.startswith(RUNTIME_KEYS) for presented in shown):
            raise WantsAdminKey(wanted=ApiKey.ADMIN)
        now = timezone.now()
        key = None if scheme.lower() == "bearer" else presented_key(request, now)
        if key is None or key.kind != ApiKey.ADMIN:
            raise InvalidAdminCredential
        note_use(request, key, scope="", now=now)
        actor = scope.key_actor(key, request_id=getattr(request, "request_id", ""))
        return Administrator(Tenant.objects.order_by("name"), lambda _: actor, now)


class ConsoleSession(AuthBase):
    """Lets in whom the Django admin lets in, for the tenants they administer; writes want a CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Administrator:
        """Raises NotFound, InvalidAdminCredential, NotPermitted, NeedsSecondFactor, CsrfFailed."""
        if not request.user.is_authenticated:
            _must_be_issued()
            raise InvalidAdminCredential
        user = request.user
        if not reach.administers(user):
            raise NotPermitted("Only admins open these paths. Ask an admin of the tenant.")
        if reach.lacks_second_factor(user):
            raise NeedsSecondFactor
        _ = request.body  # read whole before the form in it is looked for
        if check_csrf(request) is not None:
            raise CsrfFailed
        request_id = getattr(request, "request_id", "")
        return Administrator(
            reach.administered(user),
            lambda tenant_id: reach.user_actor(user, tenant_id, request_id=request_id),
            timezone.now(),
            lambda: reach.units_served(user),
        )


def administrator(request: HttpRequest) -> Administrator:
    """Whom the wrapper let in."""
    found: Administrator = request.auth  # type: ignore[attr-defined]
    return found


def _must_be_issued() -> None:
    """Where no admin key was ever issued, there is no admin API for programs, and nobody learns of one."""
    if not ApiKey.objects.filter(kind=ApiKey.ADMIN).exists():
        raise NotFound("There is no such address. Check the path in docs/api.md.")


# What any of these routes may refuse a session with, for the document.
SESSIONS = (CsrfFailed, NeedsSecondFactor)
