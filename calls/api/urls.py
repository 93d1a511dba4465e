"""Every address below /api/v1/."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from calls.api import errors, paced
from calls.api.admin.mounted import admin_api
from calls.api.body import StrictParser
from calls.api.consents import router as consents
from calls.api.dnc import router as dnc
from calls.api.leaks import router as leaks
from calls.api.ready import router as ready
from calls.api.runtime import router
from calls.api.webhooks import router as webhooks

View = Callable[..., HttpResponse]

api = NinjaAPI(
    title="Greenlight",
    version="2026-05-14",
    description="Places outbound voice calls, and only the calls that may be placed.",
    urls_namespace="runtime",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
)
api.add_router("", router)
api.add_router("", ready)
api.add_router("/dnc", dnc)
api.add_router("/consents", consents)
api.add_router("/keys", leaks)
api.add_router("/webhooks", webhooks)
errors.register(api)

# Every API and where it stands: what is mounted here is described, tested and shown by itself.
MOUNTED = {"/api/v1/": api, "/api/v1/admin/": admin_api}


def in_our_shape(view: View) -> View:
    """Answers for programs: counted, never stored by caches, and never Ninja's own words."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = paced.refusal_of(request) or view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response = errors.wrong_method(request, response["Allow"])
        response["Cache-Control"] = "no-store"
        paced.tell(request, response)
        return response

    return answer


def _addresses(of: NinjaAPI) -> list[URLPattern]:
    patterns = [
        pattern
        for pattern in of.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    for pattern in patterns:
        pattern.callback = in_our_shape(pattern.callback)
    return patterns


urlpatterns = [
    *_addresses(api),
    path("admin/", include((_addresses(admin_api), "admin-api"))),
    re_path(r"", csrf_exempt(in_our_shape(errors.nothing_here))),
]
