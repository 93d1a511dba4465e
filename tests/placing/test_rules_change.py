"""A rule that changes meets the calls that are still to ring, and never a verdict that was given."""

from datetime import timedelta

from calls.dispatch import actions as dispatch
from calls.policy import rulebook
from calls.records.models import Call, Receipt
from tests.dispatch.steps import claim, fresh
from tests.policy.books import US, Opened
from tests.policy.books import opened as opened
from tests.world import NEW_YORKER, NOW, World

# From now on New York is called in the afternoon only.
AFTERNOONS = US.replace("us-hours", "us-afternoons").replace('["08:00', '["13:00')
THREE_HOURS = timedelta(hours=3)


def receipt(call: Call, moment: str = Receipt.ACCEPT) -> Receipt:
    return call.receipts.get(moment=moment)


def test_a_receipt_names_the_version_of_all_rules(world: World) -> None:
    call = world.place(to=NEW_YORKER).call
    assert receipt(call).rules_version == rulebook.book().version


def test_a_changed_rule_leaves_a_past_verdict_as_it_was(world: World, opened: Opened) -> None:
    call = world.place(to=NEW_YORKER).call
    before = (receipt(call).rules_version, receipt(call).verdicts)
    assert opened(AFTERNOONS).version != before[0]
    assert (receipt(call).rules_version, receipt(call).verdicts) == before


def test_a_call_that_waits_is_judged_by_the_rules_of_when_it_rings(
    world: World, opened: Opened
) -> None:
    call = world.place(to=NEW_YORKER).call
    version = opened(AFTERNOONS).version
    claimed = claim(call)
    assert claimed
    assert dispatch.intend(claimed=claimed, now=NOW) is None
    assert fresh(call).state == "queued"
    assert fresh(call).due_at == NOW + THREE_HOURS  # 13:00 in New York
    assert receipt(call, Receipt.DIAL).rules_version == version
    said = " ".join(verdict["message"] for verdict in receipt(call, Receipt.DIAL).verdicts)
    assert "US (47 CFR 64.1200(c)(1)) allows 13:00–21:00" in said
