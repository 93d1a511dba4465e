"""The one wrapper of every runtime endpoint: credential → tenant → actor → scope."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from calls.audit.actor import Actor
from calls.lib.errors import NotPermitted, Refusal
from calls.tenants import actions as tenants
from calls.tenants import scope
from calls.tenants.models import ApiKey, Tenant

ADMIN_KEY = "gl_admin_"


class InvalidCredential(Refusal):
    """No key, or none that is in force; which of these is not told."""

    code = "invalid_credential"
    status = 401
    message = (
        "Send a runtime key in force as Authorization: Bearer gl_…; an admin of the tenant issues"
        " them."
    )


class WrongCredentialClass(Refusal):
    """An admin key where a runtime key belongs (RELIABILITY R4.2)."""

    code = "wrong_credential_class"
    status = 403
    message = (
        "This path wants a runtime key, as Authorization: Bearer gl_live_… or gl_test_…. An admin"
        " key opens admin paths only."
    )


class HttpsRequired(Refusal):
    """It came in the clear, and its credential with it; nothing of it was looked at."""

    code = "https_required"
    status = 403
    message = "Send it to the https address. The key went over the network in the clear: have it replaced."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which tenant, and when."""

    tenant: Tenant
    actor: Actor
    now: datetime


class RuntimeKey(AuthBase):
    """Lets in a runtime key of a tenant that has the named scope; looked up afresh each time."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "A runtime key of a tenant, with the scope that the operation names. Keys are shown once, when an"
        " admin of the tenant issues them."
    )

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Caller:
        """Raises InvalidCredential, WrongCredentialClass, NotPermitted."""
        now = timezone.now()
        key = _key(request, now)
        if key.tenant is None:
            raise WrongCredentialClass(wanted=ApiKey.RUNTIME)
        actor = scope.key_actor(key, request_id=getattr(request, "request_id", ""))
        if not actor.can(self.permission):
            raise NotPermitted(
                f"This key does not have the scope {self.permission}. Use one that has it.",
                scope=self.permission,
            )
        note_use(request, key, scope=self.permission, now=now)
        return Caller(key.tenant, actor, now)


def note_use(request: HttpRequest, key: ApiKey, *, scope: str, now: datetime) -> None:
    """Remember what a key opened: the method and the route, and from which network it came."""
    route = request.resolver_match.route if request.resolver_match else ""
    tenants.note_key_use(
        key=key,
        now=now,
        address=address_of(request),
        endpoint=f"{request.method} /{route}" if route else "",
        scope=scope,
    )


def address_of(request: HttpRequest) -> str:
    """Who spoke to us, or to the outermost of the proxies we trust; what is before it anybody can write."""
    trusted: int = settings.TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    if trusted and len(hops) >= trusted:
        return _without_port(hops[-trusted])
    return str(request.META.get("REMOTE_ADDR", ""))


def _without_port(hop: str) -> str:
    """Some proxies write 203.0.113.7:4711 and [2001:db8::7]:4711."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def caller(request: HttpRequest) -> Caller:
    """Whom the wrapper let in."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


def presented_key(request: HttpRequest, now: datetime) -> ApiKey | None:
    """The key in force that came along, of whichever class; looked up once in a request."""
    if not hasattr(request, "api_key"):
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = bearer if scheme.lower() == "bearer" else request.headers.get("x-admin-key", "")
        found = scope.get_key(presented=given.strip(), now=now)
        request.api_key = found  # type: ignore[attr-defined]
    known: ApiKey | None = request.api_key  # type: ignore[attr-defined]
    return known


def _key(request: HttpRequest, now: datetime) -> ApiKey:
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    if presented.startswith(ADMIN_KEY) or "x-admin-key" in request.headers:
        raise WrongCredentialClass(wanted=ApiKey.RUNTIME)
    if scheme.lower() != "bearer":
        raise InvalidCredential
    key = presented_key(request, now)
    if key is None:
        raise InvalidCredential
    return key
