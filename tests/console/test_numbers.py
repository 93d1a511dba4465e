"""Numbers: the answer to "why not, and when?" for one number, in every spelling and for every role."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.dnc import actions as dnc
from calls.records.models import Call, Receipt
from console.verdict import GATES
from tests.console.looked_up import URL, answer, told
from tests.console.signed_in import at, sign_in, words
from tests.world import CALLEE, NEW_YORKER, NOW, World

MIDNIGHT = NOW.replace(hour=5)  # in New York


def listed(world: World, number: str = NEW_YORKER, reason: str = "Asked by letter") -> None:
    dnc.add_number(
        tenant=world.acme, number=number, reason=reason, source="letter", actor=world.bob, now=NOW
    )


def test_before_a_number_is_typed_it_says_what_it_does(world: World) -> None:
    html = words(sign_in(world).get(URL).content)
    assert "One number, one answer" in html and "Look it up" in html


@pytest.mark.parametrize("spelling", ["(212) 736-5000", "+1 212.736.5000", "212 736 5000"])
def test_any_spelling_is_understood(world: World, spelling: str) -> None:
    html = told(world, spelling)
    assert "+12127365000" in html and "+1 212-736-5000" in html and "United States" in html


def test_a_number_that_may_be_called(world: World) -> None:
    html = told(world, NEW_YORKER)
    assert "May be called now" in html and "gates pass" in html
    assert "Next allowed minute" not in html and "Schedule for then" not in html


def test_every_gate_says_what_it_saw(world: World) -> None:
    html = told(world, NEW_YORKER)
    assert [name for name in GATES.values() if f"<span>{name}</span>" not in html] == []
    assert "On no do-not-call list." in html and "The tenant is active." in html


def test_outside_hours_it_says_from_when_on_both_clocks(world: World) -> None:
    html = told(world, "+1 415 236 5000", moment=MIDNIGHT + timedelta(hours=1))
    assert "Not now, but from Tue 3 Nov 09:00 PST there · 12:00 EST here" in html
    assert "Next allowed minute" in html and html.index("Los Angeles") < html.index("You</span>")


def test_a_wait_says_what_would_change_it(world: World) -> None:
    html = told(world, NEW_YORKER, moment=MIDNIGHT)
    assert "Time: it passes when calling hours open" in html and "Passes from" in html


def test_a_block_says_why_and_who_can_change_it(world: World) -> None:
    listed(world)
    html = told(world, NEW_YORKER)
    assert "Not at all, as things stand" in html and "1 gate blocks it" in html
    assert "Asked by letter" in html and "An owner or admin lifts the entry" in html


def test_two_blocks_are_counted(world: World) -> None:
    listed(world, "+442079460018")
    html = told(world, "+44 20 7946 0018")
    assert "2 gates block it, and waiting does not help." in html


def test_a_block_beside_a_wait_is_no_wait(world: World) -> None:
    listed(world)
    html = told(world, NEW_YORKER, moment=MIDNIGHT)
    assert "Not at all, as things stand" in html and "Next allowed minute" not in html


def test_where_calls_wait_by_themselves_it_says_so(world: World) -> None:
    type(world.acme).objects.update(outside_hours="defer")
    html = told(world, NEW_YORKER, moment=MIDNIGHT)
    assert "Not now, but from Tue 3 Nov 09:00 EST" in html
    assert "A call asked for now waits until then by itself." in html


def test_an_auditor_reads_what_is_so_of_the_number(world: World) -> None:
    html = told(world, NEW_YORKER, who="aurel")
    assert "May be called now" in html and "gates pass" in html
    assert "Aurel may" not in html and f"<span>{GATES['permission']}</span>" not in html


def test_an_auditor_is_offered_nothing_that_he_may_not_do(world: World) -> None:
    html = told(world, NEW_YORKER, who="aurel", moment=MIDNIGHT)
    assert "Not now, but from Tue 3 Nov 09:00 EST" in html and "Schedule for then" not in html
    assert "New call to this number" not in html and "Add to do-not-call" not in html


def test_an_auditor_reads_what_forbids_the_number(world: World) -> None:
    listed(world)
    html = told(world, NEW_YORKER, who="aurel")
    assert "Not at all, as things stand" in html and "1 gate blocks it" in html


@pytest.mark.parametrize("who", ["bob", "alice", "ada"])
def test_everybody_else_may_call_and_list(world: World, who: str) -> None:
    html = told(world, NEW_YORKER, who=who)
    assert "New call to this number" in html and "Add to do-not-call" in html


def test_nothing_is_written_by_looking(world: World) -> None:
    before = AuditEntry.objects.count()
    told(world, NEW_YORKER)
    assert (Call.objects.count(), Receipt.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "typed", ["call me", "+1", "<script>alert(1)</script>", "12 'or 1=1", "\0"]
)
def test_what_is_no_number_is_asked_for_again(world: World, typed: str) -> None:
    html = told(world, typed)
    assert 'aria-invalid="true"' in html or "This address belongs" in html
    assert "<script>alert" not in html and "May be called" not in html


def test_an_empty_number_asks_nothing(world: World) -> None:
    assert "One number, one answer" in told(world, "   ")


def test_the_chosen_greeting_is_judged_with_its_gaps_filled_by_stand_ins(world: World) -> None:
    html = told(world, NEW_YORKER, greeting=world.reminder.public_id)
    assert "May be called now" in html and f'value="{world.reminder.public_id}" selected' in html


def test_route_and_agent_are_chosen_already(world: World) -> None:
    html = told(world, NEW_YORKER)
    assert f'value="{world.route.public_id}" selected' in html
    assert 'value="support_primary" selected' in html


def test_what_is_not_on_offer_is_ignored(world: World) -> None:
    html = told(world, NEW_YORKER, agent="nobody", route="pr_1", greeting="gr_1")
    assert "May be called now" in html


def test_a_tenant_without_routes_still_sees_the_record(world: World) -> None:
    client = sign_in(world, "charlie")
    address = client.post("/t/globex/numbers/search", {"number": NEW_YORKER})["Location"]
    html = words(client.get(address).content)
    assert "No call can be meant yet" in html and "no default route" in html
    assert "Never called" in html


def test_a_fictional_number_has_no_clock(world: World) -> None:
    html = told(world, CALLEE)
    assert "fictional, nobody has it" in html and "May be called now" in html


def test_a_paused_agent_is_named(world: World) -> None:
    type(world.route).objects.update(enabled=False)
    html = told(world, NEW_YORKER)
    assert "This route is switched off" in html and "An admin switches the route on" in html


def test_it_costs_the_same_with_one_call_and_with_many(
    world: World, django_assert_max_num_queries: object
) -> None:
    client = sign_in(world)
    for n in range(8):
        world.place(to=NEW_YORKER, reference=str(n))
    with at(NOW), django_assert_max_num_queries(40):  # type: ignore[operator]
        answer(client, NEW_YORKER)
