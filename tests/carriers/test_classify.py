"""The evidence table as a table: only E0 to E3 are proof that no call exists."""

import pytest

from calls.carriers.base import Evidence, classify

NOTHING, REFUSED, CREDENTIALS, THROTTLED, ACCEPTED, UNKNOWN = (
    Evidence.NO_BYTE_SENT,
    Evidence.REFUSED,
    Evidence.CREDENTIALS,
    Evidence.THROTTLED,
    Evidence.ACCEPTED,
    Evidence.UNKNOWN,
)

# status of the answer, bytes written, call id read from it, what that proves
CASES = [
    # No answer at all: what was written decides.
    (None, 0, None, NOTHING),
    (None, 0, "CA1", NOTHING),
    (None, 1, None, UNKNOWN),
    (None, 17, None, UNKNOWN),
    (None, 400, None, UNKNOWN),
    (None, 65536, None, UNKNOWN),
    # Accepted: any 2xx with an id, and nothing else.
    (200, 300, "CA1", ACCEPTED),
    (201, 300, "CA1", ACCEPTED),
    (202, 300, "x", ACCEPTED),
    (299, 300, "CA1", ACCEPTED),
    (200, 300, None, UNKNOWN),
    (200, 300, "", UNKNOWN),
    (201, 300, None, UNKNOWN),
    (202, 300, None, UNKNOWN),
    (204, 300, None, UNKNOWN),
    (206, 300, None, UNKNOWN),
    # The documented refusals.
    (400, 300, None, REFUSED),
    (401, 300, None, CREDENTIALS),
    (403, 300, None, CREDENTIALS),
    (429, 300, None, THROTTLED),
    # An id beside a refusal does not make it an acceptance, nor a refusal that was cut short unsure.
    (400, 300, "CA1", REFUSED),
    (401, 300, "CA1", CREDENTIALS),
    (429, 12, "CA1", THROTTLED),
    (400, 12, None, REFUSED),
    # Every other 4xx may come from something between us and the carrier.
    (402, 300, None, UNKNOWN),
    (404, 300, None, UNKNOWN),
    (405, 300, None, UNKNOWN),
    (406, 300, None, UNKNOWN),
    (408, 300, None, UNKNOWN),
    (409, 300, None, UNKNOWN),
    (410, 300, None, UNKNOWN),
    (413, 300, None, UNKNOWN),
    (418, 300, None, UNKNOWN),
    (422, 300, None, UNKNOWN),
    (425, 300, None, UNKNOWN),
    (431, 300, None, UNKNOWN),
    (451, 300, None, UNKNOWN),
    (499, 300, None, UNKNOWN),
    # A redirect is not followed and proves nothing.
    (300, 300, None, UNKNOWN),
    (301, 300, None, UNKNOWN),
    (302, 300, "CA1", UNKNOWN),
    (304, 300, None, UNKNOWN),
    (307, 300, None, UNKNOWN),
    (308, 300, None, UNKNOWN),
    # No 5xx is proof, whatever it says.
    (500, 300, None, UNKNOWN),
    (500, 300, "CA1", UNKNOWN),
    (501, 300, None, UNKNOWN),
    (502, 300, None, UNKNOWN),
    (503, 300, None, UNKNOWN),
    (504, 300, None, UNKNOWN),
    (520, 300, None, UNKNOWN),
    (599, 300, None, UNKNOWN),
    # Statuses that should not exist.
    (100, 300, None, UNKNOWN),
    (101, 300, "CA1", UNKNOWN),
    (0, 300, None, UNKNOWN),
    (999, 300, "CA1", UNKNOWN),
    # An answer although nothing was counted: the count must be wrong, so it is not used as proof.
    (500, 0, None, UNKNOWN),
    (200, 0, None, UNKNOWN),
    (302, 0, None, UNKNOWN),
]


@pytest.mark.parametrize(("status", "written", "call_id", "proved"), CASES)
def test_what_one_request_proves(
    status: int | None, written: int, call_id: str | None, proved: Evidence
) -> None:
    assert classify(status=status, bytes_written=written, call_id=call_id) is proved


def test_only_four_statuses_prove_that_no_call_exists() -> None:
    proofs = {NOTHING, REFUSED, CREDENTIALS, THROTTLED}
    found = {
        status
        for status in range(1000)
        if classify(status=status, bytes_written=0, call_id=None) in proofs
    }
    assert found == {400, 401, 403, 429}


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    assert len(CASES) == len({case[:3] for case in CASES}) >= 40
