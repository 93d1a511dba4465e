"""What templates may say: numbers, clocks, chips, links."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from console.templatetags import greenlight as tags

NOW = datetime(2026, 11, 24, 14, 5, 9, tzinfo=UTC)


def say(source: str, **context: Any) -> str:
    """Render one line of template."""
    return (
        Template("{% load greenlight %}" + source).render(Context({"now": NOW, **context})).strip()
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+15555555678", "+1 555-555-5678"),
        ("+442079460958", "+44 20 7946 0958"),
        ("anonymous", "anonymous"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_numbers_are_written_to_be_read(number: str | None, written: str) -> None:
    assert tags.phone(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [("+15555555678", "+1 ••• 5678"), ("anonymous", "•••"), ("", "–"), (None, "–")],
)
def test_masked_numbers_keep_country_and_end(number: str | None, written: str) -> None:
    assert tags.masked(number) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, "–"),
        (0, "0 s"),
        (5, "5 s"),
        (59.9, "59 s"),
        (64, "1 min 04 s"),
        (3599, "59 min 59 s"),
        (3720, "1 h 02 min"),
    ],
)
def test_durations_are_spoken(seconds: float | None, written: str) -> None:
    assert tags.duration(seconds) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(None, "–"), (0, "0%"), (0.0123, "1.2%"), (0.0999, "10.0%"), (0.58, "58%"), (1, "100%")],
)
def test_small_shares_keep_a_digit(share: float | None, written: str) -> None:
    assert tags.percent(share) == written


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(0), "0 seconds ago"),
        (timedelta(seconds=-1), "1 second ago"),
        (timedelta(minutes=-3), "3 minutes ago"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=-12), "12 days ago"),
    ],
)
def test_distances_are_told_in_the_largest_unit(gap: timedelta, said: str) -> None:
    assert tags.relative(NOW + gap, NOW) == said


def test_no_instant_is_a_dash() -> None:
    assert tags.ago(None) == "–"
    assert say("{% clock nothing %}", nothing=None) == '<span class="faint">–</span>'


def test_a_clock_names_its_zone() -> None:
    html = say('{% clock now "America/New_York" now=now %}')
    assert "Tue 24 Nov, 09:05" in html
    assert '<abbr class="clock-zone" title="America/New York">EST</abbr>' in html


def test_a_clock_carries_the_exact_instant() -> None:
    html = say('{% clock at "Asia/Kathmandu" now=now %}', at=NOW + timedelta(hours=2))
    assert 'datetime="2026-11-24T16:05:09Z" title="in 2 hours"' in html


@pytest.mark.parametrize(
    ("zone", "word"),
    [
        ("Europe/Berlin", "CET"),
        ("UTC", "UTC"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/Sao_Paulo", "UTC−03:00"),
    ],
)
def test_zones_without_a_name_say_their_offset(zone: str, word: str) -> None:
    assert f">{word}</abbr>" in say("{% clock now zone %}", zone=zone)


def test_a_clock_says_whose_it_is() -> None:
    assert '<span class="clock-label">there</span>' in say('{% clock now "UTC" "there" %}')


def test_another_year_is_said() -> None:
    html = say('{% clock at "UTC" now=now %}', at=NOW - timedelta(days=365))
    assert "Mon 24 Nov 2025, 14:05" in html


def test_the_record_of_a_call_shows_seconds() -> None:
    assert "Tue 24 Nov, 14:05:09" in say('{% clock now "UTC" seconds=True now=now %}')


def test_the_callee_comes_first_and_the_day_is_said_once() -> None:
    html = say('{% clocks now "America/New_York" "Europe/Berlin" %}')
    assert html.index("09:05") < html.index("15:05")
    assert html.count("24 Nov") == 1


def test_another_day_here_is_said_too() -> None:
    html = say('{% clocks at "America/New_York" "Asia/Tokyo" %}', at=NOW + timedelta(hours=3))
    assert "Tue 24 Nov, 12:05" in html
    assert "Wed 25 Nov, 02:05" in html


def test_one_zone_for_both_is_one_clock() -> None:
    assert say('{% clocks now "UTC" "UTC" %}').count("<time") == 1


def test_without_a_callee_the_viewers_clock_says_the_day() -> None:
    assert "Tue 24 Nov, 14:05" in say('{% clocks now "" "UTC" %}')


def test_the_day_is_of_the_zone() -> None:
    assert tags.day_in(NOW + timedelta(hours=3), "Asia/Tokyo") == date(2026, 11, 25)
    assert tags.day_in(None, "UTC") is None


def test_a_place_is_read_from_its_zone() -> None:
    assert tags.place("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_a_chip_has_word_icon_and_tone() -> None:
    html = say('{% chip "no_answer" %}')
    assert 'data-tone="mute"' in html and "#missed" in html and "No answer" in html


def test_a_chip_that_moves_says_so() -> None:
    assert " data-live" in say('{% chip "ringing" %}')
    assert " data-live" not in say('{% chip "completed" %}')


def test_a_call_for_later_reads_scheduled() -> None:
    call = SimpleNamespace(state="queued", due_at=NOW + timedelta(hours=1), disposition="")
    assert "Scheduled" in say("{% call_chip call now=now %}", call=call)


def test_a_call_to_a_machine_reads_voicemail() -> None:
    call = SimpleNamespace(state="completed", due_at=NOW, disposition="voicemail")
    assert "Voicemail" in say("{% call_chip call now=now %}", call=call)


def test_icons_are_silent() -> None:
    assert 'aria-hidden="true"' in say('{% icon "phone" %}')


def test_icons_that_point_turn_round_in_right_to_left_pages() -> None:
    assert "icon-flip" in say('{% icon "arrow" %}')
    assert "icon-flip" not in say('{% icon "phone" %}')


def test_large_icons_say_their_size() -> None:
    assert 'class="icon icon-lg" width="20"' in say('{% icon "phone" "lg" %}')


@pytest.mark.parametrize(
    ("level", "tone"),
    [("success", "go"), ("warning", "wait"), ("error", "stop"), ("info", "info"), ("", "info")],
)
def test_messages_have_a_tone(level: str, tone: str) -> None:
    assert tags.notice_tone(level) == tone


def test_notices_have_an_icon() -> None:
    assert [tags.notice_icon(tone) for tone in ("go", "stop", "info")] == [
        "check",
        "warning",
        "info",
    ]


def test_a_filter_starts_at_the_first_page() -> None:
    request = RequestFactory().get("/calls", {"route": "a", "after": "x", "page": "3"})
    assert say('{% filter_url state="failed" %}', request=request) == "?route=a&amp;state=failed"


def test_a_filter_can_be_taken_away() -> None:
    request = RequestFactory().get("/calls", {"state": "failed", "route": "a"})
    assert say("{% filter_url state=None %}", request=request) == "?route=a"


def test_a_pager_link_keeps_the_filters() -> None:
    request = RequestFactory().get("/calls", {"state": "failed", "before": "y"})
    assert say('{% filter_url after="k9" %}', request=request) == "?state=failed&amp;after=k9"


@pytest.mark.parametrize(("cookie", "said"), [("dark", "dark"), ("light", "light"), ("<b>", "")])
def test_only_known_preferences_are_taken(cookie: str, said: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert say('{% preference "theme" %}', request=request) == said


def test_pages_without_a_request_have_no_preference() -> None:
    assert say('{% preference "theme" %}') == ""
