"""Standard Webhooks signatures: what is genuine, and everything that is not."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from calls.lib.signing import new_secret, sign, signed_headers, verify

# The example of the specification's own reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
AT = 1614265330
NOW = datetime.fromtimestamp(AT, UTC)
HEADERS = {"webhook-id": MESSAGE, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def genuine(
    *,
    secrets: tuple[str, ...] = (SECRET,),
    body: bytes = BODY,
    now: datetime = NOW,
    **headers: str,
) -> bool:
    """Verify the example with some of it changed; header names are written with underscores."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return verify(secrets=secrets, headers=HEADERS | changed, body=body, now=now)


def test_the_published_example_is_signed_the_same() -> None:
    assert sign(secret=SECRET, message_id=MESSAGE, timestamp=AT, body=BODY) == SIGNATURE


def test_the_published_example_is_genuine() -> None:
    assert genuine()


def test_header_names_may_be_in_any_case() -> None:
    loud = {name.title(): value for name, value in HEADERS.items()}
    assert verify(secrets=[SECRET], headers=loud, body=BODY, now=NOW)


def test_a_secret_may_stand_without_its_prefix() -> None:
    assert genuine(secrets=(SECRET.removeprefix("whsec_"),))


def test_an_old_secret_is_valid_beside_the_new_one() -> None:
    assert genuine(secrets=(OTHER, SECRET))
    assert genuine(secrets=(SECRET, OTHER))


def test_one_right_signature_among_several_is_enough() -> None:
    assert genuine(webhook_signature=f"v1,AAAA v1a,zzzz {SIGNATURE}")


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_clock_may_be_off_by_five_minutes(seconds: int) -> None:
    assert genuine(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 600, 40 * 24 * 3600])
def test_a_stale_or_future_delivery_is_refused(seconds: int) -> None:
    assert not genuine(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "body",
    [b"", b" ", BODY + b" ", BODY[:-1], BODY.replace(b"2432232314", b"2432232315")],
)
def test_a_changed_body_is_refused(body: bytes) -> None:
    assert not genuine(body=body)


@pytest.mark.parametrize(
    "secrets", [(), (OTHER,), ("",), ("whsec_",), ("whsec_!!",), ("whsec_AAAA",), ("ü" * 40,)]
)
def test_a_wrong_or_malformed_secret_matches_nothing(secrets: tuple[str, ...]) -> None:
    assert not genuine(secrets=secrets)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v1,",
        "v1",
        ",",
        "v2," + SIGNATURE[3:],
        SIGNATURE[3:],
        SIGNATURE[:-1],
        SIGNATURE.lower(),
        SIGNATURE + "=",
        "v1,ü",
        "v1,\ud800",
    ],
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    assert not genuine(webhook_signature=signature)


def test_a_list_of_signatures_without_end_is_refused() -> None:
    assert not genuine(webhook_signature=" ".join([SIGNATURE] * 17))


@pytest.mark.parametrize("stamp", ["", "now", "1614265330.0", "-1614265330", "٣", "9" * 40])
def test_an_unreadable_timestamp_is_refused(stamp: str) -> None:
    assert not genuine(webhook_timestamp=stamp)


def test_another_timestamp_than_the_signed_one_is_refused() -> None:
    assert not genuine(webhook_timestamp=str(AT + 1))


@pytest.mark.parametrize("message_id", ["", "msg_other", "msg_ü"])
def test_another_message_id_is_refused(message_id: str) -> None:
    assert not genuine(webhook_id=message_id)


@pytest.mark.parametrize("name", list(HEADERS))
def test_a_missing_header_is_refused(name: str) -> None:
    headers = {other: value for other, value in HEADERS.items() if other != name}
    assert not verify(secrets=[SECRET], headers=headers, body=BODY, now=NOW)


def test_a_delivery_is_signed_with_every_secret() -> None:
    headers = signed_headers(secrets=[OTHER, SECRET], message_id="evt_1", body=b"{}", now=NOW)
    for secret in (OTHER, SECRET):
        assert verify(secrets=[secret], headers=headers, body=b"{}", now=NOW)
    assert headers["webhook-id"] == "evt_1"
    assert headers["webhook-timestamp"] == str(AT)


@pytest.mark.parametrize("secret", ["", "whsec_short", "whsec_" + "A" * 200, "whsec_ä"])
def test_a_malformed_secret_cannot_sign(secret: str) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        sign(secret=secret, message_id="m", timestamp=AT, body=b"")


def test_a_new_secret_signs_and_is_never_the_same() -> None:
    one, two = new_secret(), new_secret()
    assert one != two
    headers = signed_headers(secrets=[one], message_id="m", body=b"x", now=NOW)
    assert verify(secrets=[one], headers=headers, body=b"x", now=NOW)
    assert not verify(secrets=[two], headers=headers, body=b"x", now=NOW)
