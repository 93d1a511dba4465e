"""The frames: title, language, theme, sandbox band, navigation, errors."""

from types import SimpleNamespace as Thing
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.account.urls"))]
pytestmark = pytest.mark.urls(__name__)

ACME = Thing(name="Acme Dental", mode="live")
CALLS = {"label": "Calls", "url": "/calls", "icon": "phone", "active": True, "badge": 4}
DANA = Thing(email="dana@acme.example", get_username="dana@acme.example")


def request(**cookies: str) -> HttpRequest:
    asked = RequestFactory().get("/")
    asked.COOKIES.update(cookies)
    return asked


def page(**context: Any) -> str:
    """A page in the app's frame."""
    source = '{% extends "layout/app.html" %}{% block content %}<p>rows</p>{% endblock %}'
    given = {"page_title": "Calls", "tenant": ACME, "nav": [CALLS], "user": DANA, **context}
    return engines["django"].from_string(source).render(given, given.pop("request", request()))


def test_the_title_goes_from_page_to_tenant_to_product() -> None:
    assert "<title>Calls · Acme Dental · Greenlight</title>" in page()


def test_the_heading_is_the_title_unless_said_otherwise() -> None:
    assert "<h1>Calls</h1>" in page()


def test_language_and_direction_are_declared() -> None:
    assert '<html lang="en" dir="ltr">' in page()


def test_the_chosen_theme_comes_with_the_page() -> None:
    assert 'data-theme="dark"' in page(request=request(theme="dark"))
    assert "<html" in page() and 'data-theme="' not in page().split("<head>")[0]


def test_keys_that_are_off_stay_off() -> None:
    assert 'data-keys="off"' in page(request=request(keys="off"))


def test_sandbox_is_said_only_there() -> None:
    assert "No real phone rings" in page(tenant=Thing(name="Acme", mode="sandbox"))
    assert "No real phone rings" not in page()


def test_the_page_one_is_on_is_marked() -> None:
    html = page()
    assert '<a href="/calls" aria-current="page">' in html
    assert '<span class="nav-badge">4</span>' in html


def test_who_may_not_call_has_no_button_for_it() -> None:
    assert "New call</a>" in page(new_call_url="/new")
    assert "New call</a>" not in page()


def test_the_first_link_skips_to_the_content() -> None:
    html = page()
    assert html.index('href="#main"') < html.index("<aside")
    assert '<main class="page" id="main"' in html


def test_the_way_out_is_a_form() -> None:
    assert '<form method="post" action="/' in page()


def test_tenants_can_be_switched() -> None:
    others = [{"name": "Northwind", "url": "/t/northwind/", "active": False}]
    assert '<a href="/t/northwind/">Northwind</a>' in page(tenants=others)


def test_htmx_runs_no_text() -> None:
    html = page()
    assert '"allowEval":false' in html and '"allowScriptTags":false' in html
    assert "x-csrftoken" in html


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_error_page_says_the_next_step_and_its_reference(status: int) -> None:
    html = render_to_string(f"{status}.html", {"request_id": "3f2b6c0e"})
    assert "3f2b6c0e" in html
    assert "To the console" in html


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_error_page_needs_nothing(status: int) -> None:
    assert "Reference" not in render_to_string(f"{status}.html")
