"""What every answer carries."""

import pytest
from django.test import Client

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(policy: str) -> set[str]:
    """A policy as a set, since its order means nothing."""
    return {part.strip() for part in policy.split(";")}


@pytest.mark.parametrize("path", ["/health/live", "/accounts/login/", "/nothing-here"])
@pytest.mark.django_db
def test_every_answer_is_hardened(client: Client, path: str) -> None:
    answer = client.get(path)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert directives(answer["Content-Security-Policy"]) == directives(CSP)
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_pages_are_not_stored(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert "no-store" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]


def test_a_request_id_is_minted(client: Client) -> None:
    first, second = (client.get("/health/live")["x-request-id"] for _ in range(2))
    assert len(first) == 32
    assert first != second


def test_a_sane_request_id_is_kept(client: Client) -> None:
    answer = client.get("/health/live", headers={"x-request-id": "caller-2026.11"})
    assert answer["x-request-id"] == "caller-2026.11"


@pytest.mark.parametrize(
    "wild", ["short", "a" * 65, "with space in it", "line\nbreak-here", "ünïcode-id"]
)
def test_a_wild_request_id_is_replaced(client: Client, wild: str) -> None:
    assert client.get("/health/live", headers={"x-request-id": wild})["x-request-id"] != wild
