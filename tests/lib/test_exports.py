"""A record in a file: whatever is in it comes out again, and nothing else is believed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.lib import exports

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(TEXT, VALUES, max_size=4)


@given(record=RECORDS)
def test_what_is_written_is_read(record: dict[str, Any]) -> None:
    content, digest = exports.written(record)
    assert exports.read(content) == record
    assert digest == exports.digest_of(record)


@given(record=RECORDS, other=RECORDS)
def test_another_record_has_another_digest(record: dict[str, Any], other: dict[str, Any]) -> None:
    same = json.dumps(record, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (exports.digest_of(record) == exports.digest_of(other)) is same


@given(record=RECORDS, name=TEXT, value=VALUES)
def test_any_change_is_found(record: dict[str, Any], name: str, value: Any) -> None:
    content, digest = exports.written(record)
    whole = json.loads(content)
    whole["record"][name] = value
    if exports.digest_of(whole["record"]) == digest:
        assert exports.read(json.dumps(whole).encode()) == record
        return
    with pytest.raises(exports.NotGenuine):
        exports.read(json.dumps(whole).encode())


def test_instants_are_written_as_text() -> None:
    content, _ = exports.written({"at": datetime(2026, 11, 3, 15, 0, tzinfo=UTC)})
    assert exports.read(content) == {"at": "2026-11-03T15:00:00Z"}


@pytest.mark.parametrize("signature", ["", "x", None, 7, ["x"], "é"])
def test_any_other_signature_is_none_of_ours(signature: Any) -> None:
    whole = json.loads(exports.written({"a": 1})[0]) | {"signature": signature}
    with pytest.raises(exports.NotGenuine, match="did not sign"):
        exports.read(json.dumps(whole).encode())


@pytest.mark.parametrize("digest", ["", None, 7, {"a": 1}])
def test_any_other_digest_is_another_record(digest: Any) -> None:
    whole = json.loads(exports.written({"a": 1})[0]) | {"sha256": digest}
    with pytest.raises(exports.NotGenuine, match="digest"):
        exports.read(json.dumps(whole).encode())
