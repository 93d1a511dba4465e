"""What the panel and the button say: clocks, countries, gates, and what pressing will do."""

from datetime import timedelta

import pytest

from calls.lib import phone
from calls.placing.actions import Preview, preview_call
from console import verdict
from tests.placing.held import holding
from tests.world import CALLEE, NEW_YORKER, NOW, WAITING, World

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
NIGHT = NOW - timedelta(hours=12)  # 22:00 in New York


def preview(world: World, **fields: object) -> Preview:
    """Bob's form, judged at NOW."""
    now = fields.pop("now", NOW)
    ask = world.ask(door="form", idempotency_key="form-1", **fields)
    return preview_call(ask=ask, tenant=world.acme, actor=world.bob, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zones", "viewer", "said"),
    [
        ((), NEW_YORK, "Tue 3 Nov 10:00 EST"),
        ((NEW_YORK,), NEW_YORK, "Tue 3 Nov 10:00 EST"),
        ((NEW_YORK,), BERLIN, "Tue 3 Nov 10:00 EST there · 16:00 CET here"),
        (("Asia/Tokyo",), NEW_YORK, "Wed 4 Nov 00:00 JST there · Tue 3 Nov 10:00 EST here"),
    ],
)
def test_clocks_in_words(zones: tuple[str, ...], viewer: str, said: str) -> None:
    assert verdict.clock_words(NOW, zones, viewer) == said


@pytest.mark.parametrize(
    ("number", "country", "line"),
    [
        (CALLEE, "United States", "fictional, nobody has it"),
        (NEW_YORKER, "United States", "fixed line or mobile"),
        ("+4930123456", "Germany", "fixed line"),
        ("+18005551234", "US", "toll-free"),
        ("+88213300000", "Country unknown", "satellite"),
    ],
)
def test_a_number_in_words(number: str, country: str, line: str) -> None:
    read = phone.read(number)
    assert verdict.line_type(read) == line
    assert country in (verdict.country(read), read.region)


def test_now(world: World) -> None:
    found = preview(world)
    assert verdict.submit_words(found, when="now", viewer_zone=NEW_YORK) == ("Call now", "")


def test_where_it_would_be_held_the_button_is_pressed_and_says_so(world: World) -> None:
    found = preview(holding(world), greeting_id=world.order_news.public_id)
    label, reason = verdict.submit_words(found, when="now", viewer_zone=NEW_YORK)
    assert (label, reason) == ("Ask for it: it waits for the approval of its words", "")
    shown = verdict.panel(found, viewer_zone=NEW_YORK)
    assert (shown["outcome"], shown["headline"]) == ("wait", "Waits for the approval of its words")
    assert "once an owner approves Order news, revision 1." in shown["detail"]
    assert (shown["words"], shown["words_by"]) == (WAITING, None)


def test_where_it_would_be_refused_it_is_not(world: World) -> None:
    found = preview(world, greeting_id=world.order_news.public_id)
    _, reason = verdict.submit_words(found, when="now", viewer_zone=NEW_YORK)
    assert "no approved words" in reason


def test_before_anything_is_known(world: World) -> None:
    assert verdict.submit_words(None, when="at", viewer_zone=BERLIN) == ("Place the call", "")


def test_at_a_time(world: World) -> None:
    found = preview(world, to=NEW_YORKER, scheduled_at=NOW + timedelta(hours=2))
    label, reason = verdict.submit_words(found, when="at", viewer_zone=BERLIN)
    assert (label, reason) == ("Schedule for Tue 3 Nov 12:00 EST there · 18:00 CET here", "")


def test_the_next_allowed_minute_when_it_is_now(world: World) -> None:
    found = preview(world, to=NEW_YORKER, when="next_allowed")
    assert verdict.submit_words(found, when="next_allowed", viewer_zone=BERLIN)[0] == "Call now"


def test_the_next_allowed_minute_when_it_is_later(world: World) -> None:
    found = preview(world, to=NEW_YORKER, when="next_allowed", now=NIGHT)
    label, _ = verdict.submit_words(found, when="next_allowed", viewer_zone=NEW_YORK)
    assert label == "Call at the next allowed minute: Tue 3 Nov 09:00 EST"


def test_a_refusal_is_the_reason(world: World) -> None:
    found = preview(world, to="+442079460018")
    _, reason = verdict.submit_words(found, when="now", viewer_zone=NEW_YORK)
    assert reason == "Calls to GB are not switched on. Ask an admin."


@pytest.mark.parametrize(
    ("fields", "outcome", "headline"),
    [
        ({}, "pass", "May be placed now"),
        ({"to": NEW_YORKER, "now": NIGHT}, "wait", "Not at this time"),
        ({"to": "+442079460018"}, "block", "One gate blocks this call"),
        ({"to": "+447911123456", "now": NIGHT}, "block", "3 gates block this call"),
        (
            {"to": NEW_YORKER, "now": NIGHT, "when": "next_allowed"},
            "pass",
            "May be placed at the next allowed minute",
        ),
        ({"scheduled_at": NOW + timedelta(hours=1)}, "pass", "May be placed at that time"),
    ],
)
def test_the_headline(world: World, fields: dict[str, object], outcome: str, headline: str) -> None:
    found = verdict.panel(preview(world, **fields), viewer_zone=NEW_YORK)
    assert (found["outcome"], found["headline"]) == (outcome, headline)


def test_gates_that_pass_need_no_sentence_but_the_hours_name_their_rule(world: World) -> None:
    rows = verdict.panel(preview(world, to=NEW_YORKER), viewer_zone=NEW_YORK)["gates"]
    assert [str(row["name"]) for row in rows if row["saw"]] == ["Calling hours"]
    rule = next(row["rule"] for row in rows if row["rule"])
    assert rule.startswith(
        "Mon–Sat 09:00–20:00 · US (47 CFR 64.1200(c)(1), 16 CFR 310.4(c)); House"
    )


def test_a_gate_that_waits_says_until_when(world: World) -> None:
    rows = verdict.panel(preview(world, to=NEW_YORKER, now=NIGHT), viewer_zone=NEW_YORK)["gates"]
    waiting = [row["retry_at"] for row in rows if row["verdict"] == "wait"]
    assert waiting == [NOW - timedelta(hours=1)]


def test_every_gate_has_a_name(world: World) -> None:
    asked = {v.gate for v in preview(world).decision.verdicts}
    assert asked == set(verdict.GATES)


# what the receipt's hours gate saw, and the words beside it
KEPT = [
    ({"window": "Mon 09:00–20:00", "rule": "House default"}, "Mon 09:00–20:00 · House default, v1"),
    ({"window": "Mon 09:00–20:00"}, "Mon 09:00–20:00 · v1"),  # from before law was data
    ({}, ""),
]


@pytest.mark.parametrize(("saw", "words"), KEPT)
def test_the_hours_name_their_law_and_its_version(saw: dict[str, str], words: str) -> None:
    kept = {
        "gate": "hours",
        "outcome": "pass",
        "code": "",
        "message": "",
        "saw": saw,
        "retry_at": None,
    }
    assert verdict.gate_rows([kept], version="v1")[0]["rule"] == words
