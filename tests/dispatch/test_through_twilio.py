"""From accepted to completed through the sandbox's Twilio face: real HTTP out, the real door in."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch.dial import dial
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.records.models import Call
from tests.callbacks import STREAM, TOKEN, at_twilio
from tests.carriers.world import Receiver, fetch, receiving
from tests.dispatch.steps import fresh, story
from tests.dispatch.test_scripts import ENDS
from tests.dispatch.wire import carry, finish, ledger, order, placed_to
from tests.patience import until
from tests.world import APPOINTMENT, CALLER_ID, World


@pytest.fixture
def outside(settings: Any) -> Iterator[Receiver]:
    """Where the public finds us: what comes there is kept until the test lets it in."""
    with receiving() as receiver:
        settings.PUBLIC_URL = receiver.url.removesuffix("/hooks/in")
        yield receiver


@pytest.fixture(autouse=True)
def twilio(sandbox: Sandbox, world: World, outside: Receiver) -> None:
    """Acme's calls go through the Twilio face of the running sandbox."""
    at_twilio(world, sandbox.url)


def let_in(receiver: Receiver) -> list[int]:
    """Hand what came from outside to our door, as it came, and do the work that waits."""
    answers = [
        Client().post(path, body, content_type=headers["content-type"], headers=headers).status_code
        for path, (headers, body) in zip(receiver.paths, list(receiver.got), strict=False)
    ]
    events.absorb_waiting(now=timezone.now())
    return answers


def told(receiver: Receiver, count: int) -> None:
    """Wait for so many callbacks."""
    until(lambda: len(receiver.got) >= count)


def orders_for(sandbox: Sandbox, call: Call) -> ElementTree.Element:
    """The orders that Twilio received with a call."""
    (row,) = fetch(f"{sandbox.url}/ledger?to={call.to}")["data"]
    return ElementTree.fromstring(dict(row["form"])["Twiml"])


def test_a_call_goes_out_and_its_callbacks_come_in(
    world: World, sandbox: Sandbox, outside: Receiver
) -> None:
    call = placed_to(world, "5678")
    assert dial(call_id=call.pk)
    assert fresh(call).state == "placed"
    told(outside, 5)
    assert let_in(outside) == [204] * 5
    call = fresh(call)
    assert (call.state, call.disposition, call.outcome) == ("completed", "answered", "reached")
    assert (call.duration_seconds, ledger(sandbox, call)) == (3, 1)
    assert story(call)[:4] == ["accepted", "claimed", "asking", "placed"]
    assert story(call).count("completed") == 1
    assert set(InboundEvent.objects.values_list("effect", flat=True)) <= {"applied", "no_change"}


GREETINGS = [
    APPOINTMENT,
    "Acme & Sons' \"offer\" <50 % off> — it's on! &amp; more",
    "</Say><Dial>Acme</Dial><Say>",
    "Hello 👋🏽 from Acme 👨‍👩‍👧",
    "مرحبا، هنا Acme بخصوص موعدك.",
    "こんにちは、 Acme です。",
]


@pytest.mark.parametrize("words", GREETINGS)
def test_the_approved_words_arrive_byte_for_byte(
    world: World, sandbox: Sandbox, words: str
) -> None:
    greeting = world.approve(world.draft(words, name="Tried", agent_id=world.agent.pk))
    call = carry(placed_to(world, "5678", greeting_id=greeting.public_id))
    said, connect = orders_for(sandbox, call)
    assert (said.tag, (said.text or "").encode()) == ("Say", words.encode())
    assert call.greeting_text == words
    assert connect[0].attrib == {"url": STREAM}
    assert connect[0][0].attrib == {"name": "call_id", "value": call.sid}


def test_the_orders_follow_the_version_that_speaks(world: World, sandbox: Sandbox) -> None:
    world.version.config = {"media_url": STREAM, "language": "en-US", "voice": "Polly.Joanna"}
    world.version.save()
    call = carry(placed_to(world, "5678"))
    assert orders_for(sandbox, call)[0].attrib == {"voice": "Polly.Joanna", "language": "en-US"}


def test_a_version_without_a_stream_is_rejected_and_nothing_is_sent(
    world: World, sandbox: Sandbox
) -> None:
    world.version.config = {"language": "en-US"}
    world.version.save()
    call = carry(placed_to(world, "5678"))
    assert (call.state, call.reason, ledger(sandbox, call)) == ("rejected", "carrier_rejected", 0)
    assert "Nothing was sent." in call.reason_text
    assert "wss://" in call.reason_text


# Twilio hands nobody over and knows no opt-out in words: such a call was answered.
TWILIO_ENDS = [
    (digits, state, "answered" if disposition == "opted_out" else disposition, outcome, count)
    for digits, state, disposition, outcome, count in ENDS
    if digits not in ("0103", "0106")
]


@pytest.mark.parametrize(("digits", "state", "disposition", "outcome", "count"), TWILIO_ENDS)
def test_a_script_ends_by_the_log_alone(
    world: World,
    sandbox: Sandbox,
    digits: str,
    state: str,
    disposition: str,
    outcome: str,
    count: int,
) -> None:
    call = placed_to(world, digits)
    carry(call)
    call = finish(world, call) if state != "rejected" else fresh(call)
    assert (call.state, call.disposition, call.outcome) == (state, disposition, outcome)
    assert ledger(sandbox, call) == count


@pytest.mark.parametrize("script", ["dropped", "accepted_500", "garbled", "truncated", "nameless"])
def test_a_lost_answer_is_found_by_the_callback_that_names_its_attempt(
    world: World, sandbox: Sandbox, outside: Receiver, script: str
) -> None:
    call = placed_to(world, "5678")
    order(sandbox, call, script)
    assert carry(call).state == "unknown"
    told(outside, 5)
    let_in(outside)
    assert (fresh(call).state, ledger(sandbox, call)) == ("completed", 1)
    assert fresh(call).attempts.get().evidence == "E6"


def test_a_machine_that_answers_is_told_beside_the_call(world: World, outside: Receiver) -> None:
    call = carry(placed_to(world, "0004"))
    told(outside, 5)
    let_in(outside)
    assert (fresh(call).disposition, fresh(call).outcome) == ("voicemail", "voicemail")


def test_jumbled_callbacks_end_in_the_right_state(world: World, outside: Receiver) -> None:
    call = carry(placed_to(world, "0108"))
    told(outside, 15)
    assert set(let_in(outside)) == {204}
    assert (fresh(call).state, fresh(call).disposition) == ("completed", "answered")
    assert set(InboundEvent.objects.values_list("deliveries", flat=True)) == {3}
    assert story(call).count("completed") == 1


def test_forged_callbacks_are_turned_away(
    world: World, sandbox: Sandbox, outside: Receiver
) -> None:
    call = placed_to(world, "5678")
    order(sandbox, call, "forged_events")
    carry(call)
    told(outside, 5)
    assert set(let_in(outside)) == {401}
    assert fresh(call).state == "placed"
    assert finish(world, call).state == "completed"


def test_a_refused_credential_pauses_the_account_with_twilios_word(
    world: World, sandbox: Sandbox
) -> None:
    call = placed_to(world, "5678")
    order(sandbox, call, "rejected_401")
    assert dial(call_id=call.pk)
    world.account.refresh_from_db()
    assert world.account.paused_at is not None
    assert "20003" in call.attempts.get().reason


def test_a_404_of_anybody_else_proves_nothing(world: World, sandbox: Sandbox) -> None:
    world.account.base_url += "/wrong"
    world.account.save()
    call = placed_to(world, "5678")
    assert dial(call_id=call.pk)
    attempt = call.attempts.get()
    assert (attempt.evidence, attempt.http_status, ledger(sandbox, call)) == ("E5", 404, 0)


def test_no_secret_and_no_number_stands_in_the_callback_or_the_stream(
    world: World, sandbox: Sandbox, outside: Receiver
) -> None:
    call = carry(placed_to(world, "5678"))
    told(outside, 5)
    assert {urlsplit(path).query for path in outside.paths} == {f"call_id={call.sid}&attempt=1"}
    written = ElementTree.tostring(orders_for(sandbox, call), encoding="unicode")
    for secret in (call.to, CALLER_ID, TOKEN):
        assert secret not in written
        assert secret not in "".join(outside.paths)
