"""What cannot be read is said at its field, and everything typed stays."""

import pytest

from calls.records.models import Call
from tests.console.signed_in import at, filled, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/calls/new"

WRONG = [
    ({"to": "call me"}, "Write the number with digits only"),
    ({"to": ""}, "This field is required."),
    ({"when": "at"}, "Choose the date and time of the call."),
    ({"when": "at", "at": "tomorrow"}, "Write date and time like"),
    ({"when": "at", "at": "2026-11-01T09:00"}, "This time has passed."),
    ({"when": "at", "at": "2029-01-01T09:00"}, "at most a year ahead"),
    ({"when": "some day"}, "Select a valid choice."),
    ({"route": "rt_00000000000000000000000000000000"}, "Select a valid choice."),
    ({"greeting": "gr_00000000000000000000000000000000"}, "Select a valid choice."),
    ({"reference": "x" * 201}, "at most 200 characters"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_it_is_said_and_nothing_is_recorded(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    with at(NOW):
        answer = sign_in(world).post(URL, filled(world, **fields))
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert not Call.objects.exists()


def test_everything_typed_is_kept(world: World) -> None:
    html = words(sign_in(world).post(URL, filled(world, to="12", reference="Order 7")).content)
    assert 'value="12"' in html and 'value="Order 7"' in html


def test_the_field_is_marked_for_the_focus(world: World) -> None:
    html = words(sign_in(world).post(URL, filled(world, to="12")).content)
    field = html[html.index('name="to"') :]
    assert 'aria-invalid="true"' in field[: field.index(">")]


def test_each_placeholder_is_judged_at_its_field(world: World) -> None:
    gaps = {"gap_first_name": "", "gap_day": "someday", "gap_hour": "2:30 pm"}
    form = filled(world, greeting=world.reminder.public_id, **gaps)
    html = words(sign_in(world).post(URL, form).content)
    assert "Fill in First name." in html
    assert "Day does not read as a date, such as " in html


def test_a_greeting_withdrawn_meanwhile_is_no_choice(world: World) -> None:
    client, form = sign_in(world), filled(world, greeting=world.order_news.public_id)
    assert client.post(URL, form).status_code == 422
    assert not Call.objects.exists()
