"""One form, one call: double clicks, reloads, lost answers and the Back button."""

from calls.records.models import Call
from tests.console.signed_in import filled, sign_in, words
from tests.world import World

URL = "/t/acme/calls/new"


def test_the_same_form_twice_is_the_same_call(world: World) -> None:
    client, form = sign_in(world), filled(world)
    first, second = client.post(URL, form), client.post(URL, form)
    assert first["Location"] == second["Location"]
    assert Call.objects.count() == 1


def test_the_second_time_says_so(world: World) -> None:
    client, form = sign_in(world), filled(world)
    client.post(URL, form)
    html = words(client.post(URL, form, follow=True).content)
    assert "This form had placed this call already. Nothing was placed twice." in html


def test_the_token_is_the_idempotency_key(world: World) -> None:
    form = filled(world)
    sign_in(world).post(URL, form)
    assert Call.objects.get().idempotency_key == f"form-{form['token']}"


def test_every_form_has_a_token_of_its_own(world: World) -> None:
    client = sign_in(world)
    tokens = {client.get(URL).context["form"]["token"].value() for _ in range(2)}
    assert len(tokens) == 2


def test_two_forms_for_the_same_call_are_asked_about(world: World) -> None:
    client = sign_in(world)
    client.post(URL, filled(world))
    answer = client.post(URL, filled(world))
    assert answer.status_code == 409
    assert "Yes, call a second time" in words(answer.content)
    assert Call.objects.exclude(state="refused").count() == 1


def test_a_second_call_on_purpose_is_a_second_call(world: World) -> None:
    client = sign_in(world)
    for _ in range(2):
        client.post(URL, filled(world, twice="on"))
    assert Call.objects.exclude(state="refused").count() == 2


def test_two_forms_for_two_people_are_two_calls(world: World) -> None:
    client = sign_in(world)
    for number in ("555 555 7777", "555 555 8888"):
        client.post(URL, filled(world, to=number))
    assert Call.objects.exclude(state="refused").count() == 2


def test_a_used_form_with_other_words_places_nothing(world: World) -> None:
    client, form = sign_in(world), filled(world)
    client.post(URL, form)
    answer = client.post(URL, form | {"to": "555 555 7777"})
    assert answer.status_code == 422
    assert "This form has placed a call already" in words(answer.content)
    assert Call.objects.count() == 1


def test_a_used_form_comes_back_under_a_fresh_token(world: World) -> None:
    client, form = sign_in(world), filled(world)
    client.post(URL, form)
    changed = form | {"to": "555 555 7777"}
    fresh = client.post(URL, changed).context["form"]["token"].value()
    client.post(URL, changed | {"token": fresh})
    assert Call.objects.count() == 2


def test_a_form_without_a_token_places_nothing(world: World) -> None:
    form = filled(world, token="")
    assert sign_in(world).post(URL, form).status_code == 422
    assert not Call.objects.exists()
