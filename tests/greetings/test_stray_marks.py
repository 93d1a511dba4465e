"""A mistyped placeholder is refused when it is written: approved, it would be spoken as it stands."""

import pytest

from calls.greetings.wording import stray_mark
from calls.lib.errors import BadField
from tests.world import World


@pytest.mark.parametrize(
    "text",
    ["Hi {First_name}.", "Hi { name }.", "Hi {first name}.", "Hi {}.", "Hi {{x}}.", "Hi {a", "a}"],
)
def test_a_brace_that_is_no_placeholder_is_named(text: str) -> None:
    assert "{first_name}" in stray_mark(text)


@pytest.mark.parametrize("text", ["Hi {first_name}.", "{a}{b}", "No gap at all."])
def test_placeholders_and_plain_words_are_fine(text: str) -> None:
    assert stray_mark(text) == ""


def test_it_cannot_be_drafted(world: World) -> None:
    with pytest.raises(BadField) as refused:
        world.draft(text="Hello {first name}, your parcel.")
    assert refused.value.field == "text"
