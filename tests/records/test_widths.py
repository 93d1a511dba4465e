"""Every column holds the longest value that may reach it: SQLite would not notice, PostgreSQL would."""

from uuid import UUID

import pytest
from django.db.models import Model

from calls.audit.actor import system
from calls.carriers import reading
from calls.carriers.base import Evidence
from calls.dispatch.models import Attempt
from calls.dnc.models import DncEntry
from calls.events.models import InboundEvent
from calls.lib import ids
from calls.placing.resolve import read_number
from calls.records import states
from calls.records.models import Call, CallEvent, Receipt

LONGEST_NUMBER = "+881612345678901"[:16]
LONGEST_ID = reading.call_id("x" * 128)
LONGEST_WORD = reading.read_event(
    b'{"event": "voice.call.completed", "call_sid": "a", "status": "' + b"w" * 300 + b'"}'
).report
SID = ids.public("CA", UUID(int=0))


def width(model: type[Model], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", 0))


WIDTHS: list[tuple[type[Model], str, str]] = [
    (Call, "carrier_call_id", LONGEST_ID),
    (Call, "carrier_word", LONGEST_WORD.word if LONGEST_WORD else ""),
    (Call, "to", LONGEST_NUMBER),
    (Call, "caller_id", LONGEST_NUMBER),
    (Call, "state", max(states.STATES, key=len)),
    (Call, "outcome", max(states.OUTCOMES, key=len)),
    (Call, "disposition", "opted_out"),
    (Call, "door", "schedule"),
    (Call, "requester_id", ids.public("us_", UUID(int=0))),
    (Call, "requester_id", system("connect_sandbox").id),
    (CallEvent, "what", "provider_duplicate"),
    (CallEvent, "source", "call_log"),
    (Receipt, "moment", Receipt.ACCEPT),
    (Attempt, "outcome", max(Attempt.OUTCOMES, key=len)),
    (Attempt, "evidence", Evidence.UNKNOWN),
    (InboundEvent, "dedupe_key", "sha256:" + "0" * 64),
    (InboundEvent, "dedupe_key", LONGEST_ID),
    (DncEntry, "source", f"call {SID}"),
]


@pytest.mark.parametrize(("model", "column", "longest"), WIDTHS)
def test_a_column_holds_its_longest_value(model: type[Model], column: str, longest: str) -> None:
    assert longest
    assert len(longest) <= width(model, column)


def test_refusal_codes_fit() -> None:
    codes = ["carrier_log_unreadable", "not_in_carrier_log", "outcome_unknown", "carrier_rejected"]
    assert max(map(len, codes)) <= width(Call, "reason")


def test_the_longest_number_is_no_longer_than_its_column() -> None:
    assert len(read_number("+881612345678").e164) <= width(Call, "to")
