"""What may stand in a carrier account: a real carrier's address is public and https, a limit is a limit."""

from decimal import Decimal

import pytest

from calls.routes import terms

SANDBOX = "http://127.0.0.1:8010"
PUBLIC = [
    "https://api.twilio.com",
    "https://voice.example/base",
    "https://voice.example:8443",
    "https://xn--bcher-kva.example",
    "https://VOICE.example",
]
HERE = [
    "https://localhost",
    "https://127.0.0.1",
    "https://127.1",
    "https://0x7f000001",
    "https://0x7f.1",
    "https://2130706433",
    "https://0",
    "https://[::1]",
    "https://[::ffff:10.0.0.1]",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://10.0.0.0x1",
    "https://8.8.8.8",
    "https://intern",
    "https://printer.local",
    "https://metadata.google.internal",
    "https://x.localhost",
    "https://voice.example.",
    "https://-voice.example",
    "https://vo_ice.example",
]
NO_ADDRESS = [
    "",
    "voice.example",
    "https://",
    "ftp://voice.example",
    "javascript://voice.example",
    "https://user:word@voice.example",
    "https://user@voice.example",
    "https://voice.example?x=1",
    "https://voice.example#x",
    "https://voice.example:99999",
    "https://voice.example:0",
    "https://[::1",
    "https://voice.example\\@evil.example",
    "https://voice.example/ path",
    "https://voice.example\n",
    "https://vo\u0456ce.example",
    "https://voice.example/" + "x" * 200,
]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_name_over_https_is_asked(url: str) -> None:
    assert terms.wrong_address(url, sandbox_url=None) == ""


@pytest.mark.parametrize("url", HERE)
def test_nothing_of_this_network_is_asked(url: str) -> None:
    assert terms.wrong_address(url, sandbox_url=None) == terms.NOT_PUBLIC


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    assert terms.wrong_address(url, sandbox_url=None) == terms.NOT_AN_ADDRESS


@pytest.mark.parametrize("port", [1, 80, 6443, 8080, 65535])
def test_a_carrier_is_asked_at_the_ports_of_the_web(port: int) -> None:
    assert terms.wrong_address(f"https://voice.example:{port}", sandbox_url=None) == (
        terms.NOT_A_PORT
    )


def test_a_credential_does_not_travel_in_clear() -> None:
    assert terms.wrong_address("http://voice.example", sandbox_url=None) == terms.NOT_SAFE


@pytest.mark.parametrize("url", [SANDBOX, "http://localhost:9", "http://[::1]:9", f"{SANDBOX}/x"])
def test_the_sandbox_is_on_this_machine(url: str) -> None:
    assert terms.wrong_address(url, sandbox_url=SANDBOX) == ""
    assert terms.wrong_address(url, sandbox_url=None) != ""


def test_or_where_the_setting_says() -> None:
    elsewhere = "http://sandbox:8010"
    assert terms.wrong_address(elsewhere, sandbox_url=elsewhere) == ""
    for other in ("http://sandbox:8011", "https://sandbox:8010", "http://10.0.0.1:8010"):
        assert terms.wrong_address(other, sandbox_url=elsewhere) == terms.NOT_THE_SANDBOX


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "A"),
        ("name", "x" * 100),
        ("cps", 0.1),
        ("cps", 1000),
        ("concurrency", 1),
        ("concurrency", 100_000),
        ("price_per_minute", Decimal(0)),
        ("price_per_minute", Decimal("0.0085")),
    ],
)
def test_a_limit_that_fits(name: str, value: object) -> None:
    assert terms.wrong_term(name, value) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 101),
        ("name", 7),
        ("cps", 0),
        ("cps", -1.0),
        ("cps", 1000.1),
        ("cps", float("nan")),
        ("cps", float("inf")),
        ("cps", True),
        ("cps", "1"),
        ("concurrency", 0),
        ("concurrency", -1),
        ("concurrency", 1.5),
        ("concurrency", True),
        ("concurrency", 100_001),
        ("price_per_minute", Decimal(-1)),
        ("price_per_minute", Decimal("0.00001")),
        ("price_per_minute", Decimal("NaN")),
        ("price_per_minute", Decimal(10_000)),
        ("price_per_minute", 0.01),
        ("price_per_minute", None),
    ],
)
def test_a_limit_that_does_not(name: str, value: object) -> None:
    assert terms.wrong_term(name, value) != ""


@pytest.mark.parametrize("text", ["k", "any key", "sk_live_" + "x" * 400])
def test_a_key_that_can_be_sent(text: str) -> None:
    assert terms.wrong_key(text) == ""


@pytest.mark.parametrize("text", ["", " k", "k ", "k\nx", "k\x00", "schlüssel", "x" * 501])
def test_a_key_that_cannot(text: str) -> None:
    assert terms.wrong_key(text) != ""
