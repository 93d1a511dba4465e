"""Rotating where a carrier sends its events and with what it signs them: the former is good for a day."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.lib.errors import NotFound, NotPermitted
from calls.routes import actions
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to, account_at
from tests.audit.entries import told
from tests.callbacks import at_twilio
from tests.events.test_receive import BODY, deliver, is_taken
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, SEED, World

DAY, SECOND = timedelta(hours=24), timedelta(seconds=1)
VERBS = {"secret": actions.rotate_hook_secret, "token": actions.rotate_hook_token}


def rotate(world: World, what: str = "secret", *, at_once: bool = False, days: int = 0) -> str:
    now = NOW + days * DAY
    _, made = VERBS[what](account=world.account, actor=SEED, now=now, at_once=at_once)
    return made


def secrets_at(world: World, late: timedelta) -> tuple[str, ...]:
    return access_to(CarrierAccount.objects.get(pk=world.account.pk)).secrets_at(NOW + late)


def test_both_secrets_sign_until_the_day_is_over(world: World) -> None:
    made = rotate(world)
    assert secrets_at(world, DAY - SECOND) == (made, HOOK_SECRET)
    assert secrets_at(world, DAY) == (made,)


@pytest.mark.parametrize(("which", "late", "taken"), [(0, 0, True), (1, 0, True), (1, 1, False)])
def test_events_are_taken_so_long(world: World, which: int, late: int, taken: bool) -> None:
    secret, at = (rotate(world), HOOK_SECRET)[which], NOW + late * DAY
    assert is_taken(lambda: deliver(BODY, secret=secret, signed_at=at, now=at)) is taken


def test_of_two_rotations_in_a_day_the_last_former_one_is_kept(world: World) -> None:
    first, second = rotate(world), rotate(world)
    assert secrets_at(world, timedelta()) == (second, first)


def test_one_that_leaked_ends_at_once(world: World) -> None:
    made = rotate(world, at_once=True)
    assert secrets_at(world, timedelta()) == (made,)
    after = {"former": "ended at once"}
    assert told(world.account, "account.hook_secret_rotated") == ("seed", {}, after)


def test_the_first_secret_ends_what_is_not_signed(world: World) -> None:
    CarrierAccount.objects.update(sealed_hook_secrets=[])
    assert secrets_at(world, timedelta()) == ()
    made = rotate(world)
    assert secrets_at(world, timedelta()) == (made,)


def test_both_paths_lead_here_until_the_day_is_over(world: World) -> None:
    made = rotate(world, "token")
    for late, former in ((DAY - SECOND, world.account), (DAY, None)):
        assert account_at(HOOK_TOKEN, now=NOW + late) == former
        assert account_at(made, now=NOW + late) == world.account


def test_a_path_that_leaked_ends_at_once(world: World) -> None:
    made = rotate(world, "token", at_once=True)
    assert account_at(HOOK_TOKEN, now=NOW) is None
    assert account_at("", now=NOW) is None
    assert account_at(made, now=NOW) == world.account


def test_new_paths_and_secrets_are_not_to_be_guessed(world: World) -> None:
    tokens = {rotate(world, "token", days=day) for day in range(4)}
    secrets = {rotate(world, days=day) for day in range(4)}
    assert (len(tokens), len(secrets)) == (4, 4)
    assert {len(token) for token in tokens} == {43}


@pytest.mark.parametrize("what", VERBS)
def test_it_is_stored_sealed_or_as_a_digest(world: World, what: str) -> None:
    made = rotate(world, what)
    assert made not in repr(CarrierAccount.objects.values().get())
    assert made not in repr(list(AuditEntry.objects.values()))
    assert told(world.account, f"account.hook_{what}_rotated") == ("seed", {}, {})


@pytest.mark.parametrize("what", VERBS)
def test_what_the_world_pointed_anew_has_no_former(world: World, what: str) -> None:
    rotate(world, what)
    actions.point_hooks(
        account=world.account,
        base_url="http://127.0.0.1:9",
        token="anew",
        hook_secrets=["whsec_x"],
        actor=SEED,
        now=NOW,
    )
    assert (secrets_at(world, timedelta()), account_at(HOOK_TOKEN, now=NOW)) == (("whsec_x",), None)


@pytest.mark.parametrize("what", VERBS)
@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "charlie"])
def test_only_its_admin_rotates(world: World, what: str, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        VERBS[what](account=world.account, actor=getattr(world, who), now=NOW)


@pytest.mark.parametrize("what", VERBS)
def test_twilio_has_nothing_to_rotate(world: World, what: str) -> None:
    with pytest.raises(actions.NothingToRotate, match="Change the credential"):
        VERBS[what](account=at_twilio(world), actor=SEED, now=NOW)
