"""Does consent stand? A table of records, and what they are good for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.consent import standing
from tests.world import NOW

DAY = timedelta(days=1)
NEEDS = ("express", "written")


@dataclass(frozen=True)
class Record:
    """A consent as the judgement sees it: given ten days ago, for good."""

    kind: str = "express"
    captured_at: datetime = NOW - 10 * DAY
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


EXPRESS, WRITTEN = Record(), Record("written")


@pytest.mark.parametrize(
    ("records", "met"),
    [
        ([], ()),
        ([EXPRESS], ("express",)),
        ([WRITTEN], NEEDS),
        ([EXPRESS, WRITTEN], NEEDS),
        ([replace(WRITTEN, expires_at=NOW + DAY)], NEEDS),
        ([replace(WRITTEN, expires_at=NOW)], ()),
        ([replace(WRITTEN, expires_at=NOW), EXPRESS], ("express",)),
        ([replace(WRITTEN, revoked_at=NOW)], ()),
        ([replace(WRITTEN, revoked_at=NOW + DAY)], NEEDS),
        ([replace(WRITTEN, captured_at=NOW + DAY)], ()),
        # Taking one back takes back all that was agreed to before, and nothing agreed to since.
        ([replace(EXPRESS, revoked_at=NOW - DAY), WRITTEN], ()),
        ([replace(EXPRESS, revoked_at=NOW - 11 * DAY, captured_at=NOW - 12 * DAY), WRITTEN], NEEDS),
        ([replace(EXPRESS, revoked_at=NOW - DAY), replace(WRITTEN, captured_at=NOW - DAY)], ()),
        ([Record("perhaps")], ()),
    ],
)
def test_these_records_meet(records: list[Record], met: tuple[str, ...]) -> None:
    found = [n for n in NEEDS if standing.best(records, need=n, now=NOW)]
    assert found == list(met)


def test_an_unknown_need_is_met_by_nothing() -> None:
    assert standing.best([WRITTEN], need="notarised", now=NOW) is None


def test_the_strongest_and_then_the_newest_is_named() -> None:
    newer, older = replace(WRITTEN, captured_at=NOW - DAY), WRITTEN
    express = replace(EXPRESS, captured_at=NOW - DAY / 2)
    assert standing.in_force([express, older, newer], NOW) == [newer, older, express]
    assert standing.best([express, older, newer], need="express", now=NOW) == newer
    assert standing.best([express], need="written", now=NOW) is None


MOMENTS = st.integers(-20, 20).map(lambda n: NOW + n * DAY)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(["express", "written"]),
    captured_at=MOMENTS,
    expires_at=st.none() | MOMENTS,
    revoked_at=st.none() | MOMENTS,
)


@given(st.lists(RECORDS, max_size=6))
def test_written_is_never_easier_than_express(records: list[Record]) -> None:
    written = standing.best(records, need="written", now=NOW)
    assert not written or standing.best(records, need="express", now=NOW)


@given(st.lists(RECORDS, max_size=6), RECORDS)
def test_a_revocation_never_helps(records: list[Record], other: Record) -> None:
    revoked = replace(other, revoked_at=NOW)
    for need in NEEDS:
        before = standing.best(records, need=need, now=NOW)
        after = standing.best([*records, revoked], need=need, now=NOW)
        assert before or not after


@given(st.lists(RECORDS, max_size=6))
def test_what_counts_was_given_and_not_taken_back(records: list[Record]) -> None:
    for record in standing.in_force(records, NOW):
        assert record.captured_at <= NOW
        assert record.expires_at is None or record.expires_at > NOW
        later = [r for r in records if r.revoked_at and record.captured_at <= r.revoked_at <= NOW]
        assert later == []


@given(st.lists(RECORDS, max_size=6), st.lists(MOMENTS, max_size=3))
def test_taken_back_where_nothing_stood_it_ends_what_was_given_before(
    records: list[Record], said: list[datetime]
) -> None:
    last = max((at for at in said if at <= NOW), default=NOW - 99 * DAY)
    stand = standing.in_force(records, NOW)
    expected = [record for record in stand if record.captured_at > last]
    assert standing.in_force(records, NOW, revocations=said) == expected
