"""One value has one spelling, from whichever database it comes back; two values have two."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.audit.chain import hash_content, spell

AT = datetime(2026, 11, 3, 15, 0, 0, 120, tzinfo=UTC)
KEY = UUID("01234567-89ab-7def-8123-456789abcdef")

SPELLINGS: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true"),
    (1, "1"),
    (1.0, "1"),
    (-0.0, "0"),
    (100, "100"),
    (1e16, "10000000000000000"),
    (0.1, "0.1"),
    (1e-7, "0.0000001"),
    (Decimal("0.10"), "0.1"),
    (2.5, "2.5"),
    ("1", '"1"'),
    ("é\n", '"\\u00e9\\n"'),
    ("\ud800", '"\\ud800"'),
    (KEY, '"0123456789ab7def8123456789abcdef"'),
    (AT, '"2026-11-03T15:00:00.000120+00:00"'),
    (AT.replace(microsecond=0), '"2026-11-03T15:00:00.000000+00:00"'),
    (AT.astimezone(ZoneInfo("America/New_York")), '"2026-11-03T15:00:00.000120+00:00"'),
    ([1, (2, "a")], '[1,[2,"a"]]'),
    ({"b": 1, "a": {"d": None, "c": []}}, '{"a":{"c":[],"d":null},"b":1}'),
]


@pytest.mark.parametrize(("value", "spelling"), SPELLINGS, ids=repr)
def test_spelling(value: object, spelling: str) -> None:
    assert spell(value) == spelling


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}])
def test_what_has_no_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no spelling"):
        spell(value)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        spell(datetime(2026, 11, 3))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON)
def test_a_json_value_survives_being_stored(value: Any) -> None:
    assert spell(json.loads(json.dumps(value))) == spell(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written_out(number: float) -> None:
    """As PostgreSQL keeps it: exactly, without an exponent."""
    assert spell(json.loads(format(Decimal(repr(number)), "f"))) == spell(number)


@given(st.dictionaries(st.text(), st.integers()), st.randoms())
def test_the_order_of_keys_is_nothing(value: dict[str, int], random: Any) -> None:
    pairs = list(value.items())
    random.shuffle(pairs)
    assert spell(dict(pairs)) == spell(value)


@given(JSON, JSON)
def test_values_that_differ_are_spelled_differently(one: Any, other: Any) -> None:
    same = json.loads(spell(one)) == json.loads(spell(other))
    assert (spell(one) == spell(other)) == (same and kinds(one) == kinds(other))


def kinds(value: Any) -> object:
    """Python holds True equal to 1; JSON does not."""
    if isinstance(value, list):
        return [kinds(inner) for inner in value]
    if isinstance(value, dict):
        return {name: kinds(inner) for name, inner in value.items()}
    return float if isinstance(value, float | int) and not isinstance(value, bool) else type(value)


@given(st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_in_every_zone(minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    assert spell(AT.astimezone(zone)) == spell(AT)


@given(st.dictionaries(st.text(min_size=1), JSON, min_size=1), st.data())
def test_no_field_can_change_without_the_hash(content: dict[str, Any], data: Any) -> None:
    name = data.draw(st.sampled_from(sorted(content)))
    other = data.draw(JSON.filter(lambda value: spell(value) != spell(content[name])))
    before, after = hash_content(content), hash_content({**content, name: other})
    assert before[0] != after[0]
    assert [n for n in content if before[1][n] != after[1][n]] == [name]


def test_a_field_cannot_take_over_its_neighbour() -> None:
    assert hash_content({"a": "1", "b": "2"})[0] != hash_content({"a": '1"\nb:"2'})[0]
