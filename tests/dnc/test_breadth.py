"""How short a prefix may be: a key's longer than that of a person who can lift it again."""

import pytest

from calls.audit.actor import Actor
from calls.dnc import actions
from calls.dnc.actions import PrefixTooShort
from calls.dnc.breadth import is_too_wide
from calls.dnc.models import DncEntry
from tests.world import NOW, SEED, World


@pytest.mark.parametrize(
    ("beginning", "least", "wide"),
    [
        ("+1", 3, True),
        ("+121", 3, True),
        ("+1212", 3, False),
        ("+1212", 4, True),
        ("+12127", 4, False),
        ("+4", 3, True),
        ("+44", 3, True),
        ("+4420", 3, True),
        ("+44207", 3, False),
        ("+44207", 4, True),
        ("+35312", 3, True),
        ("+353123", 3, False),
        ("+353123", 4, True),
        ("+21012", 3, True),  # no country's code: taken for one of three digits
        ("+210123", 3, False),
    ],
)
def test_the_digits_after_the_country_code_count(beginning: str, least: int, wide: bool) -> None:
    assert is_too_wide(beginning, least=least) is wide


def add(world: World, actor: Actor, number: str, *, is_prefix: bool = True) -> DncEntry:
    return actions.add_number(
        tenant=world.acme,
        number=number,
        is_prefix=is_prefix,
        reason="Asked",
        source="test",
        actor=actor,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("who", "number", "refused"),
    [
        ("alice", "+1", True),
        ("alice", "+121", True),
        ("alice", "+1212", False),
        ("ada", "+4420", True),
        ("ada", "+44207", False),
        ("bob", "+1212", True),  # support can list, and not lift again
        ("bob", "+12127", False),
    ],
)
def test_who_may_list_how_short_a_prefix(
    world: World, who: str, number: str, refused: bool
) -> None:
    if not refused:
        assert add(world, getattr(world, who), number).is_prefix
        return
    with pytest.raises(PrefixTooShort) as caught:
        add(world, getattr(world, who), number)
    assert (caught.value.field, caught.value.field_code) == ("number", "prefix_too_short")
    assert "digits after the country code" in caught.value.sentence
    assert not DncEntry.objects.exists()


def test_who_may_not_lift_is_told_who_lists_a_shorter_one(world: World) -> None:
    with pytest.raises(PrefixTooShort, match=r"at least 4 .* ask an owner or admin"):
        add(world, world.bob, "+1212")
    with pytest.raises(PrefixTooShort, match=r"at least 3 digits after the country code\.$"):
        add(world, world.alice, "+1")


def test_whoever_runs_the_installation_may_stop_a_country(world: World) -> None:
    assert add(world, SEED, "+1").number == "+1"


def test_a_whole_number_is_no_prefix(world: World) -> None:
    assert add(world, world.bob, "+3531234", is_prefix=False).number == "+3531234"
