"""Times and days in forms: on whose clock, and when a day is over."""

from datetime import UTC, date, datetime

import pytest
from django import forms

from console.time_fields import DayField, WallClockField, end_of, name_clock
from tests.console.signed_in import at, sign_in, words
from tests.world import World


def test_a_wall_clock_time_names_no_zone() -> None:
    assert WallClockField().clean("2026-11-26T09:30") == datetime(2026, 11, 26, 9, 30)


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30T09:00", "2026-11-26T09:30+01:00"])
def test_what_is_no_wall_clock_time_says_how_to_write_one(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="2026-11-24 09:00"):
        WallClockField().clean(typed)


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 11, 25), datetime(2026, 11, 26, 5, tzinfo=UTC)),
        (date(2026, 3, 7), datetime(2026, 3, 8, 5, tzinfo=UTC)),  # the night the clocks change
        (date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
    ],
)
def test_a_day_is_over_at_midnight_in_its_zone(day: date, over: datetime) -> None:
    assert end_of(day, "America/New_York") == over


def test_no_day_has_no_end() -> None:
    assert end_of(None, "UTC") is None


def test_the_clock_stands_before_the_help() -> None:
    field = DayField(help_text="The last day.")
    name_clock(field, "America/New_York")
    assert field.help_text == "New York time. The last day."


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("rules/dnc/new", "New York time. The last day. Empty: until it is lifted."),
        ("rules/consent/new", "New York time. The last day. Empty: until revoked."),
        ("rules/pauses/new/tenant", "New York time. Empty: until somebody lifts it."),
    ],
)
def test_every_form_names_the_clock_of_its_times(world: World, page: str, said: str) -> None:
    with at():
        assert said in words(sign_in(world).get(f"/t/acme/{page}").content)


def test_a_decision_names_the_clock_of_its_last_day(world: World) -> None:
    review = world.order_news.reviews.get()
    with at():
        html = words(sign_in(world, "alice").get(f"/t/acme/approvals/{review.public_id}").content)
    assert "New York time. The last day these words may be spoken." in html
