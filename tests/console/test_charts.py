"""Counts become geometry: to scale, in order, the same every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charts import Bucket, Chart, scale_top, sparkline, stacked_bars

SERIES = [("reached", "Reached"), ("failed", "Failed"), ("unknown", "Unknown")]
NINE = Bucket("09:00", "Tue 24 Nov, 09:00–10:00 EST", {"reached": 6, "failed": 2}, "?hour=9")
TEN = Bucket("10:00", "Tue 24 Nov, 10:00–11:00 EST", {"reached": 4})
NONE = Bucket("11:00", "Tue 24 Nov, 11:00–12:00 EST", {})


def draw(*buckets: Bucket, height: int = 100) -> Chart:
    return stacked_bars(title="Calls", buckets=buckets, series=SERIES, height=height)


def test_pieces_stand_on_each_other() -> None:
    first, second = draw(NINE).bars[0].segments
    assert (first.series, first.y, first.height) == ("reached", "25", "75")
    assert (second.series, second.y, second.height) == ("failed", "0", "25")


def test_bars_share_the_width() -> None:
    left, right = draw(NINE, TEN).bars
    assert (left.left, left.column, left.x, left.width) == ("0%", "50%", "7%", "36%")
    assert (right.left, right.x) == ("50%", "57%")


def test_an_empty_hour_keeps_its_place() -> None:
    chart = draw(NINE, NONE, TEN)
    assert [len(bar.segments) for bar in chart.bars] == [2, 0, 1]
    assert chart.bars[1].title == "Tue 24 Nov, 11:00–12:00 EST"


def test_a_single_call_among_thousands_can_be_seen() -> None:
    crowd = Bucket("9", "nine", {"reached": 4000, "failed": 1})
    assert draw(crowd).bars[0].segments[1].height == "1"


def test_series_without_counts_are_left_out() -> None:
    assert [key.series for key in draw(NINE, TEN).legend] == ["reached", "failed"]


def test_the_legend_counts() -> None:
    assert [(key.label, key.total) for key in draw(NINE, TEN).legend] == [
        ("Reached", 10),
        ("Failed", 2),
    ]


def test_the_table_says_the_same() -> None:
    first, second = draw(NINE, TEN).rows
    assert (first.name, first.counts, first.total) == (NINE.name, (6, 2), 8)
    assert (second.counts, second.total) == ((4, 0), 4)


def test_rows_lead_to_their_calls() -> None:
    assert [row.href for row in draw(NINE, TEN).rows] == ["?hour=9", ""]


def test_pointing_at_a_bar_tells_all() -> None:
    assert draw(NINE).bars[0].title == "Tue 24 Nov, 09:00–10:00 EST\nReached 6\nFailed 2"


def test_the_total_is_of_all_buckets() -> None:
    assert draw(NINE, TEN, NONE).total == 12
    assert draw(NONE).total == 0


def test_nothing_at_all_still_draws() -> None:
    chart = draw()
    assert (chart.bars, chart.rows, chart.legend, chart.total) == ((), (), (), 0)


def test_counts_are_marked_from_the_bottom() -> None:
    marks = draw(NINE).counts
    assert [(mark.at, mark.label) for mark in marks] == [
        ("100", "0"),
        ("75", "2"),
        ("50", "4"),
        ("25", "6"),
        ("0", "8"),
    ]


def test_large_counts_are_grouped() -> None:
    crowd = Bucket("9", "nine", {"reached": 5200})
    assert [mark.label for mark in draw(crowd).counts][-1] == "6,000"


@pytest.mark.parametrize(("hours", "marked"), [(3, 3), (6, 6), (24, 6), (30, 6), (31, 6)])
def test_the_time_axis_is_never_crowded(hours: int, marked: int) -> None:
    day = [Bucket(f"{hour}", f"{hour}", {"reached": 1}) for hour in range(hours)]
    assert len(draw(*day).times) == marked


def test_time_marks_stand_under_their_bars() -> None:
    assert [(mark.at, mark.label) for mark in draw(NINE, TEN).times] == [
        ("25%", "09:00"),
        ("75%", "10:00"),
    ]


@pytest.mark.parametrize(
    ("largest", "top"),
    [(0, 4), (1, 4), (4, 4), (5, 6), (8, 8), (9, 10), (17, 20), (57, 60), (99, 100), (5200, 6000)],
)
def test_the_scale_ends_at_a_round_number(largest: int, top: int) -> None:
    assert scale_top(largest) == top


@given(st.integers(min_value=1, max_value=10_000_000))
def test_marks_are_whole_numbers_up_to_the_top(largest: int) -> None:
    marks = draw(Bucket("9", "nine", {"reached": largest})).counts
    labels = [int(mark.label.replace(",", "")) for mark in marks]
    assert labels[0] == 0 and labels[-1] == scale_top(largest) >= largest
    assert 2 <= len(labels) <= 6


def test_a_spark_goes_from_left_to_right() -> None:
    assert sparkline([0, 5, 10]).line == "0,23 50,12 100,1"


def test_a_spark_has_its_area() -> None:
    assert sparkline([0, 10]).area == "0,24 0,23 100,1 100,24"


@pytest.mark.parametrize("values", [[], [0], [0, 0]])
def test_no_news_is_a_flat_line(values: list[int]) -> None:
    assert sparkline(values).line == "0,23 100,23"


def test_one_value_is_a_level_line() -> None:
    assert sparkline([7]).line == "0,1 100,1"


def test_the_same_counts_draw_the_same() -> None:
    assert draw(NINE, TEN) == draw(NINE, TEN)
