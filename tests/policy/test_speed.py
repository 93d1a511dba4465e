"""Judging the callee's clock stays far below a millisecond of work, also on days never asked before."""

from datetime import timedelta
from time import process_time

import pytest

from calls.lib import phone
from calls.policy.rulebook import law_for
from tests.policy.plain import NOW, ask, facts

ROUNDS = 200


@pytest.mark.parametrize("text", ["+12127365000", "+18502345678", "+15022345678"])
def test_one_judgement_takes_less_than_a_millisecond(text: str) -> None:
    number = phone.read(text)
    ask("hours", facts(number=number))
    began = process_time()
    for n in range(ROUNDS):
        due = NOW + timedelta(hours=7 * n)
        law = law_for(jurisdictions=number.jurisdictions, purpose="marketing", on=due.date())
        ask("hours", facts(number=number, law=law, due=due))
    assert (process_time() - began) / ROUNDS < 0.001
