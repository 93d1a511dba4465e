"""The reference of the API, for everybody: what the OpenAPI document says, with a form to try each operation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from calls.api.document import ADMIN, PUBLIC
from console.reference import cards, chapters, introduction


@require_safe
@gzip_page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One document as a page."""
    titles = {PUBLIC: _("For tenants"), ADMIN: _("For whoever runs the installation")}
    context = {
        "page_title": _("API reference"),
        "name": name,
        "chapters": chapters(name),
        "operations": cards(name, get_language() or "en"),
        "introduction": introduction(name),
        "tabs": [
            {"label": label, "url": reverse(f"reference-{each}"), "active": each == name}
            for each, label in titles.items()
        ],
    }
    return render(request, "reference/show.html", context)


urlpatterns = [
    path("api/docs", show, {"name": PUBLIC}, name="reference-public"),
    path("api/docs/admin", show, {"name": ADMIN}, name="reference-admin"),
]
