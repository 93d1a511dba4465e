"""Only E.164 stands on the list: any other spelling would forbid nothing and look as if it did."""

import pytest
from django.utils import timezone

from calls.dnc.actions import add_number
from calls.dnc.models import DncEntry
from calls.lib.errors import BadField
from tests.world import World


@pytest.mark.parametrize(
    ("number", "is_prefix"),
    [
        ("+1 (555) 555-5678", False),
        ("5555555678", False),
        ("+1", False),
        ("+0155555567", False),
        ("1212", True),
        ("+", True),
        ("+15555555678901234", False),
    ],
)
def test_another_spelling_is_refused_and_not_kept(
    world: World, number: str, is_prefix: bool
) -> None:
    before = DncEntry.objects.count()
    with pytest.raises(BadField, match=r"E\.164"):
        add_number(
            tenant=world.acme,
            number=number,
            is_prefix=is_prefix,
            reason="asked",
            source="test",
            actor=world.bob,
            now=timezone.now(),
        )
    assert DncEntry.objects.count() == before
