"""When one more call fits: rolling windows, gaps, and what the house caps by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from calls.limits import counting
from calls.limits.counting import HOUSE, Cap, Standing, next_free

AT = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
THREE_A_DAY = Cap("callee", 3, 86400)


def ago(*hours: float) -> list[datetime]:
    """Instants before AT, in the order given."""
    return [AT - timedelta(hours=n) for n in hours]


def in_hours(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


CASES = [
    ("nothing counted yet", [], THREE_A_DAY, None),
    ("room for one more", ago(1, 2), THREE_A_DAY, None),
    ("full: the third newest must leave the window", ago(1, 2, 20), THREE_A_DAY, in_hours(4)),
    ("older ones than needed change nothing", ago(1, 2, 20, 23), THREE_A_DAY, in_hours(4)),
    ("exactly a window ago no longer counts", ago(1, 2, 24), THREE_A_DAY, None),
    ("yesterday evening still counts this morning", ago(1, 2, 23.5), THREE_A_DAY, in_hours(0.5)),
    ("the gap since the last", ago(1), Cap("callee", 3, 86400, 7200), in_hours(1)),
    ("the gap is over to the second", ago(2), Cap("callee", 3, 86400, 7200), None),
    ("gap and window: the later one", ago(1, 3, 23.5), Cap("callee", 3, 86400, 7200), in_hours(1)),
    ("one a day", ago(1), Cap("callee", 1, 86400), in_hours(23)),
]


@pytest.mark.parametrize(
    ("times", "cap", "free"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_next_free(times: list[datetime], cap: Cap, free: datetime | None) -> None:
    assert next_free(times, cap, AT) == free


@pytest.mark.parametrize("numbers", [(0, 60, 0), (1, 0, 0), (1, 60, -1)])
def test_nothing_at_all_is_no_cap(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="is no cap"):
        Cap("tenant", *numbers)


def test_each_cap_stands_for_itself() -> None:
    loose = Cap("callee", 5, 86400)
    found = counting.standings([THREE_A_DAY, loose], ago(1, 2, 20), AT)
    assert found == [Standing(THREE_A_DAY, in_hours(4)), Standing(loose, None)]


def test_the_cap_that_opens_last_decides() -> None:
    hour = Cap("callee", 1, 2 * 3600)
    found = counting.standings([THREE_A_DAY, hour], ago(1, 2, 20), AT)
    assert counting.latest(found) == Standing(THREE_A_DAY, in_hours(4))


def test_where_everything_fits_no_cap_decides() -> None:
    assert counting.latest(counting.standings([THREE_A_DAY], [], AT)) is None


def test_how_far_back_to_look() -> None:
    caps = [THREE_A_DAY, Cap("callee", 1, 60, 600)]
    assert counting.longest_window(caps) == timedelta(days=1)
    assert counting.longest_window([]) == timedelta(0)


def ramped(days: float) -> int | None:
    """How many calls a day a tenant may place, so long after it went live."""
    cap = counting.ramp(AT - timedelta(days=days), AT)
    return cap.most if cap else None


@pytest.mark.parametrize(
    ("days", "most"),
    [(0, 20), (6.9, 20), (7, 200), (13.9, 200), (14, 2000), (29.9, 2000), (30, None), (400, None)],
)
def test_a_new_tenant_may_do_more_by_and_by(days: float, most: int | None) -> None:
    assert ramped(days) == most


def test_a_live_tenant_without_a_first_day_is_new() -> None:
    cap = counting.ramp(None, AT)
    assert cap and (cap.scope, cap.most, cap.window_seconds) == ("tenant", 20, 86400)
    assert "R5.11" in cap.why


def caps(*limits: Cap, exempt: bool = False, live: bool = True, since: int = 5) -> list[Cap]:
    """What is in force for a tenant that went live `since` days ago."""
    return counting.in_force(
        limits, is_exempt=exempt, is_live=live, live_since=AT - timedelta(days=since), at=AT
    )


def test_a_live_tenant_has_the_house_and_the_ramp() -> None:
    assert [cap.origin for cap in caps()] == ["house"] * len(HOUSE) + ["ramp"]


def test_an_established_tenant_has_no_ramp() -> None:
    assert {cap.origin for cap in caps(since=31)} == {"house"}


def test_a_sandbox_has_no_ramp() -> None:
    assert {cap.origin for cap in caps(live=False)} == {"house"}


def test_a_fictional_number_in_a_sandbox_meets_only_what_somebody_set() -> None:
    own = Cap("tenant", 5, 60)
    assert caps(own, exempt=True, live=False) == [own]


def test_a_platform_limit_takes_the_place_of_the_house() -> None:
    found = caps(Cap("prefix", 500, 60, origin="platform"), since=31)
    assert [(cap.most, cap.origin) for cap in found if cap.scope == "prefix"] == [(500, "platform")]


def test_one_for_a_single_subject_does_not() -> None:
    found = caps(Cap("prefix", 500, 60, subject="+1212736", origin="platform"), since=31)
    assert [cap.most for cap in found if cap.scope == "prefix"] == [500, 50]


def test_a_tenants_own_limit_stands_beside_the_house() -> None:
    found = caps(Cap("prefix", 500, 60), since=31)
    assert [cap.most for cap in found if cap.scope == "prefix"] == [500, 50]


def test_the_house_says_where_its_numbers_come_from() -> None:
    assert all(cap.why and cap.origin == "house" for cap in HOUSE)
    assert {cap.scope for cap in HOUSE} == {"callee", "requester", "tenant", "country", "prefix"}


SUBJECTS = {"country": "US", "prefix": "+1212736", "route": ""}


@pytest.mark.parametrize(
    ("cap", "counts"),
    [
        (Cap("country", 1, 60), True),
        (Cap("country", 1, 60, subject="US"), True),
        (Cap("country", 1, 60, subject="CA"), False),
        (Cap("route", 1, 60), False),
        (Cap("agent", 1, 60), False),
    ],
)
def test_which_caps_count_a_call(cap: Cap, counts: bool) -> None:
    assert bool(counting.against([cap], SUBJECTS)) is counts


WORDS = [
    (Cap("callee", 3, 86400), "3 calls to one person in 24 hours"),
    (Cap("callee", 1, 3600), "1 call to one person in 1 hour"),
    (Cap("tenant", 2000, 60, 1), "2,000 calls in 1 minute, 1 second apart"),
    (
        Cap("prefix", 5, 7 * 86400, 90),
        "5 calls to one block of numbers in 7 days, 90 seconds apart",
    ),
    (Cap("spend", 1500, 86400), "1,500 spent a day"),
]


@pytest.mark.parametrize(("cap", "words"), WORDS, ids=[words for _, words in WORDS])
def test_a_cap_in_words(cap: Cap, words: str) -> None:
    assert cap.what == words
