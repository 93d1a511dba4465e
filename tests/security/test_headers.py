"""Headers of every answer, on every address of the URL conf: for nobody and for an owner."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.addresses import Address, families, ids_of, session_of
from tests.world import World

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Asked again and again with If-None-Match, so the browser has to keep it; never any cache between.
KEPT_BY_THE_BROWSER = {"call": "private, no-cache"}
# Nothing about anybody in these.
PUBLIC = (
    "health/live",
    "health/ready",
    "api-docs/public.json",
    "api-docs/admin.json",
    "api-docs/openapi.json",
    "admin/jsi18n/",
    "hooks/stateset/<token>",
    "hooks/twilio/<token>",
)
FAMILIES = families()


def asked(world: World, family: str) -> Iterator[tuple[Address, Any]]:
    """Every address with its answers: to a GET and a POST, by nobody and by Alice."""
    ids = ids_of(world, world.place().call)
    for who in ("anonymous", "alice"):
        for address in FAMILIES[family]:
            browser, path = session_of(world, who), address.path(**ids)
            yield address, browser.get(path)
            yield address, browser.post(path)


def directives(policy: str) -> dict[str, str]:
    """A policy's parts, whatever their order."""
    parts = (part.strip().partition(" ") for part in policy.split(";") if part.strip())
    return {name: values for name, _, values in parts}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_answer(world: World, family: str) -> None:
    for address, answer in asked(world, family):
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, address
        assert directives(answer["Content-Security-Policy"]) == directives(POLICY), address
        assert len(answer["x-request-id"]) == 32, address
        assert answer.status_code < 500 or address.route.endswith("health/ready"), address
        assert is_not_stored(address, answer), address


def is_not_stored(address: Address, answer: Any) -> bool:
    """Whether no cache keeps what may hold numbers."""
    cached = answer.headers.get("Cache-Control", "")
    kept = answer.status_code == 200 and cached == KEPT_BY_THE_BROWSER.get(address.name)
    return "no-store" in cached or kept or address.route in PUBLIC


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/t/acme/nothing"])
def test_also_where_nothing_is(world: World, path: str) -> None:
    answer = session_of(world, "alice").get(path)
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (404, "nosniff")
    assert directives(answer["Content-Security-Policy"]) == directives(POLICY)
    assert "no-store" in answer["Cache-Control"]
