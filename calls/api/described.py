"""The addresses below /api-docs/: the OpenAPI documents, for everybody; there is no secret in them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from calls.api.document import ADMIN, ALL, PUBLIC, spelled


def _etag(request: HttpRequest, name: str) -> str:
    return spelled(name)[1]


@require_safe
@gzip_page
@condition(etag_func=_etag)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One document, as JSON."""
    answer = HttpResponse(spelled(name)[0], content_type="application/json")
    answer["Cache-Control"] = "no-cache"
    return answer


urlpatterns = [
    path(f"{name}.json", show, {"name": name}, name=f"openapi-{name}")
    for name in (PUBLIC, ADMIN, ALL)
]
