"""What a match found is kept once, settled when it is explained, or by a person who says what it was."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.dispatch import actions as dispatch
from calls.dispatch.actions.findings import AlreadySettled
from calls.dispatch.match import Difference
from calls.dispatch.models import Finding
from calls.lib.errors import BadField, NotPermitted
from calls.routes import actions as routes
from tests.dispatch.steps import claim, fresh, placed, story
from tests.world import CALLEE, CALLER_ID, NOW, SEED, World

HOUR = timedelta(hours=1)


def difference(kind: str = "only_there", key: str = "SM9", **fields: Any) -> Difference:
    given: dict[str, Any] = {"caller_id": CALLER_ID, "to": CALLEE, "at": NOW} | fields
    return Difference(kind, key, **given)


def keep(world: World, *found: Difference, now: datetime = NOW) -> list[Finding]:
    return dispatch.keep_findings(
        account=world.account,
        found=found,
        owners={CALLER_ID: world.acme.pk},
        since=now - 26 * HOUR,
        now=now,
    )


def test_it_is_kept_with_whose_number_it_is(world: World) -> None:
    (row,) = keep(world, difference())
    assert (row.tenant_id, row.kind, row.key) == (world.acme.pk, "only_there", "SM9")
    assert row.data["to"] == CALLEE


def test_found_again_it_is_the_same_row(world: World) -> None:
    keep(world, difference())
    assert keep(world, difference(), now=NOW + HOUR) == []
    row = Finding.objects.get()
    assert (row.found_at, row.seen_at, row.settled_at) == (NOW, NOW + HOUR, None)


def test_explained_later_it_is_settled(world: World) -> None:
    keep(world, difference())
    keep(world, now=NOW + HOUR)
    row = Finding.objects.get()
    assert (row.settled_at, row.settled_by) == (NOW + HOUR, "dispatch")


def test_too_old_to_be_looked_at_it_stays_until_somebody_looks(world: World) -> None:
    keep(world, difference())
    keep(world, now=NOW + 27 * HOUR)
    assert Finding.objects.get().settled_at is None


@pytest.mark.parametrize("kind", ["twice", "after_all"])
def test_a_sign_of_a_second_ring_stops_the_account(world: World, kind: str) -> None:
    keep(world, difference(kind))
    world.account.refresh_from_db()
    assert "more calls than we asked for" in world.account.paused_reason
    call = world.place().call
    assert claim(call) is None
    assert fresh(call).state == "queued"


@pytest.mark.parametrize("kind", ["only_there", "only_here", "event_only"])
def test_other_findings_stop_nobody(world: World, kind: str) -> None:
    keep(world, difference(kind))
    world.account.refresh_from_db()
    assert world.account.paused_at is None


def test_a_second_row_for_one_request_is_a_finding_at_once(world: World) -> None:
    call = placed(world)
    dispatch.note_provider_duplicate(call_id=call.pk, other_id="SM0002", now=NOW)
    row = Finding.objects.get()
    assert (row.kind, row.key, row.call_id) == ("twice", "SM0002", call.pk)
    world.account.refresh_from_db()
    assert world.account.paused_at == NOW
    assert keep(world, difference("twice", "SM0002"), now=NOW + HOUR) == []


def test_it_stops_an_account_that_stood_still_for_less(world: World) -> None:
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="Bad credentials.")
    keep(world, difference("after_all"))
    routes.resume_account(account=world.account, actor=SEED, now=NOW)
    keep(world, difference("after_all"), now=NOW + HOUR)  # nobody has settled it
    world.account.refresh_from_db()
    assert "more calls than we asked for" in world.account.paused_reason


def test_once_settled_the_account_goes_on(world: World) -> None:
    (row,) = keep(world, difference("after_all"))
    dispatch.settle_finding(finding=row, actor=world.alice, comment="A test of ours.", now=NOW)
    routes.resume_account(account=world.account, actor=SEED, now=NOW)
    keep(world, difference("after_all"), now=NOW + HOUR)
    world.account.refresh_from_db()
    assert world.account.paused_at is None


def test_what_a_gap_in_the_log_explained_comes_back(world: World) -> None:
    keep(world, difference("twice"))
    keep(world, now=NOW + HOUR)
    routes.resume_account(account=world.account, actor=SEED, now=NOW)
    (row,) = keep(world, difference("twice"), now=NOW + 2 * HOUR)
    world.account.refresh_from_db()
    assert (row.settled_at, world.account.paused_at) == (None, NOW + 2 * HOUR)


def test_the_call_it_is_about_tells_of_it_and_of_its_end(world: World) -> None:
    call = placed(world)
    (row,) = keep(world, difference("twice", call_id=call.pk))
    dispatch.settle_finding(finding=row, actor=world.alice, comment="A test of ours.", now=NOW)
    assert story(call)[-2:] == ["disputed", "dispute_settled"]


def test_about_a_call_it_is_that_calls_tenants(world: World) -> None:
    call = placed(world)
    (row,) = dispatch.keep_findings(
        account=world.account,
        found=[difference("twice", call_id=call.pk)],
        owners={CALLER_ID: world.globex.pk},  # who shares the number, and the account
        since=NOW - HOUR,
        now=NOW,
    )
    assert row.tenant_id == world.acme.pk


def test_without_our_number_it_is_its_accounts_tenants(world: World) -> None:
    (row,) = keep(world, difference("event_only", caller_id=""))
    assert row.tenant_id == world.acme.pk


def test_whoever_acts_for_one_unit_settles_nothing(world: World) -> None:
    (row,) = keep(world, difference())
    one_unit = replace(world.alice, orgs=frozenset({"north"}))
    with pytest.raises(NotPermitted):
        dispatch.settle_finding(finding=row, actor=one_unit, comment="Nothing.", now=NOW)


def test_the_first_word_stands(world: World) -> None:
    (row,) = keep(world, difference())
    dispatch.settle_finding(finding=row, actor=world.alice, comment="A test of ours.", now=NOW)
    with pytest.raises(AlreadySettled):
        dispatch.settle_finding(finding=row, actor=world.ada, comment="Something else.", now=NOW)


def test_an_owner_settles_it_and_says_what_it_was(world: World) -> None:
    (row,) = keep(world, difference())
    comment = "Our fax machine shares this number."
    dispatch.settle_finding(finding=row, actor=world.alice, comment=comment, now=NOW)
    row.refresh_from_db()
    assert (row.settled_at, row.settled_by, row.comment) == (NOW, "Alice", comment)
    note = AuditEntry.objects.get(verb="finding.settled")
    assert note.after == {"kind": "only_there", "comment": comment}
    assert keep(world, difference(), now=NOW + HOUR) == []


def test_without_a_word_it_stays_open(world: World) -> None:
    (row,) = keep(world, difference())
    with pytest.raises(BadField):
        dispatch.settle_finding(finding=row, actor=world.alice, comment=" ", now=NOW)
    row.refresh_from_db()
    assert row.settled_at is None


@pytest.mark.parametrize("name", ["bob", "aurel", "charlie", "program"])
def test_others_settle_nothing(world: World, name: str) -> None:
    (row,) = keep(world, difference())
    with pytest.raises(NotPermitted):
        dispatch.settle_finding(
            finding=row, actor=getattr(world, name), comment="It was nothing.", now=NOW
        )
