"""Tenants in the admin: opened, changed, suspended and resumed by verbs, each on record."""

from typing import Any

import pytest
from django.test import Client

from calls.audit.models import AuditEntry
from calls.tenants.models import Tenant
from tests.console.administrators import act, admin_of_acme, list_url, platform, url
from tests.console.signed_in import words
from tests.world import World

ADD = "/admin/calls/tenant/add/"


def filled(**fields: str) -> dict[str, str]:
    return {
        "name": "Initech",
        "slug": "initech",
        "mode": "sandbox",
        "time_zone": "Europe/Berlin",
        "country_groups": "de, at",
        "outside_hours": "refuse",
        "unknown_outcome": "hold",
        "unapproved_greeting": "refuse",
    } | fields


def kept(world: World, **fields: str) -> dict[str, str]:
    """Acme's form as it stands, with other fields where given."""
    acme = {"name": "Acme", "time_zone": "America/New_York", "country_groups": "US"}
    return filled(**{"slug": "acme"} | acme | fields)


def last() -> AuditEntry:
    return AuditEntry.objects.latest("id")


def test_a_tenant_is_opened(world: World) -> None:
    platform().post(ADD, filled())
    made = Tenant.objects.get(slug="initech")
    assert (made.name, made.mode, made.time_zone) == ("Initech", "sandbox", "Europe/Berlin")
    assert made.country_groups == ["AT", "DE"]
    assert (last().verb, last().actor_name) == ("tenant.created", "Pat")


def test_what_happens_outside_hours_can_be_chosen_at_once(world: World) -> None:
    platform().post(ADD, filled(outside_hours="defer"))
    assert Tenant.objects.get(slug="initech").outside_hours == "defer"


def test_an_admin_says_what_becomes_of_calls_with_words_that_wait(world: World) -> None:
    assert world.acme.unapproved_greeting == "refuse"
    admin_of_acme(world).post(url(world.acme), kept(world, unapproved_greeting="hold"))
    world.acme.refresh_from_db()
    assert world.acme.unapproved_greeting == "hold"
    assert (last().verb, last().after) == ("tenant.changed", {"unapproved_greeting": "hold"})


def test_what_is_set_beside_the_opening_is_one_change_on_record(world: World) -> None:
    platform().post(ADD, filled(spoken_name="Initech Lager", allow_toll_free="on"))
    made = Tenant.objects.get(slug="initech")
    assert (made.spoken_name, made.allow_toll_free) == ("Initech Lager", True)
    assert last().after == {"spoken_name": "Initech Lager", "allow_toll_free": "True"}


def test_the_form_says_what_the_spoken_name_and_toll_free_mean(world: World) -> None:
    html = words(platform().get(url(world.acme)).content)
    assert "Every greeting has to say it." in html
    assert "calls to toll-free numbers are refused" in html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "acme"),
        ("slug", "Not a slug"),
        ("name", ""),
        ("mode", "real"),
        ("time_zone", "Mars/Olympus"),
        ("spoken_name", "x" * 101),
        ("country_groups", "US, Narnia"),
    ],
)
def test_errors_stand_at_their_field_and_nothing_is_made(
    world: World, field: str, value: str
) -> None:
    answer = platform().post(ADD, filled(**{field: value}))
    assert field in answer.context["adminform"].form.errors
    assert Tenant.objects.count() == 2


def test_only_what_changed_is_written_down(world: World) -> None:
    platform().post(url(world.acme), kept(world, country_groups="US CA"))
    world.acme.refresh_from_db()
    assert world.acme.country_groups == ["CA", "US"]
    assert last().verb == "tenant.changed"
    assert last().after == {"country_groups": "['CA', 'US']"}


def test_saving_without_a_change_writes_nothing(world: World) -> None:
    before = AuditEntry.objects.count()
    client = platform()
    client.post(url(world.acme), kept(world))
    assert AuditEntry.objects.count() == before + 1  # Pat's own creation


def test_a_slug_never_changes(world: World) -> None:
    platform().post(url(world.acme), kept(world, slug="other", name="Acme Inc."))
    world.acme.refresh_from_db()
    assert (world.acme.slug, world.acme.name) == ("acme", "Acme Inc.")


def test_suspending_states_its_effect_first(world: World) -> None:
    asked = {"action": "suspend", "_selected_action": str(world.acme.pk)}
    html = words(platform().post(list_url(Tenant), asked).content)
    assert "No call of these tenants is dialled until they are resumed" in html
    world.acme.refresh_from_db()
    assert world.acme.suspended_at is None


def test_a_tenant_is_suspended_with_a_reason_and_resumed(world: World) -> None:
    client = platform()
    act(client, world.acme, "suspend", reason="Unpaid")
    world.acme.refresh_from_db()
    assert world.acme.suspended_reason == "Unpaid"
    act(client, world.acme, "resume")
    world.acme.refresh_from_db()
    assert world.acme.suspended_at is None


def test_the_page_offers_what_makes_sense_and_shows_what_happened(world: World) -> None:
    client = platform()
    assert "Suspend…" in words(client.get(url(world.acme)).content)
    act(client, world.acme, "suspend", reason="Unpaid")
    html = words(client.get(url(world.acme)).content)
    assert "Resume…" in html
    assert "Suspend…" not in html
    assert "suspended_reason: Unpaid" in html


class TestTheTenantsOwnAdmin:
    """Ada keeps Acme's settings; she opens no tenant and lifts no suspension."""

    def test_sees_only_her_tenant(self, world: World) -> None:
        html = words(admin_of_acme(world).get(list_url(Tenant)).content)
        assert "Acme" in html
        assert "Globex" not in html

    def test_changes_settings(self, world: World) -> None:
        admin_of_acme(world).post(url(world.acme), kept(world, outside_hours="defer"))
        world.acme.refresh_from_db()
        assert world.acme.outside_hours == "defer"
        assert (last().actor_kind, last().actor_name) == ("member", "Ada")

    def test_chooses_what_becomes_of_calls_nobody_knows_of(self, world: World) -> None:
        admin_of_acme(world).post(url(world.acme), kept(world, unknown_outcome="redial"))
        world.acme.refresh_from_db()
        assert world.acme.unknown_outcome == "redial"
        assert last().after == {"unknown_outcome": "redial"}

    def test_changes_the_spoken_name(self, world: World) -> None:
        admin_of_acme(world).post(url(world.acme), kept(world, spoken_name="Acme Parcels"))
        world.acme.refresh_from_db()
        assert world.acme.spoken_name == "Acme Parcels"
        assert last().after == {"spoken_name": "Acme Parcels"}

    def test_switches_toll_free_on_and_off(self, world: World) -> None:
        client = admin_of_acme(world)
        client.post(url(world.acme), kept(world, allow_toll_free="on"))
        assert last().after == {"allow_toll_free": "True"}
        client.post(url(world.acme), kept(world))
        assert last().after == {"allow_toll_free": "False"}

    def test_does_not_choose_live(self, world: World) -> None:
        admin_of_acme(world).post(url(world.acme), kept(world, mode="live"))
        world.acme.refresh_from_db()
        assert world.acme.mode == Tenant.SANDBOX

    def test_opens_no_tenant(self, world: World) -> None:
        assert admin_of_acme(world).post(ADD, filled()).status_code == 403

    @pytest.mark.parametrize("name", ["suspend", "resume"])
    def test_neither_suspends_nor_resumes(self, world: World, name: str) -> None:
        act(admin_of_acme(world), world.acme, name, reason="Mine")
        world.acme.refresh_from_db()
        assert (world.acme.suspended_at, world.acme.suspended_reason) == (None, "")

    def test_a_foreign_tenant_is_not_there(self, world: World) -> None:
        client: Client = admin_of_acme(world)
        answer: Any = client.post(url(world.globex), filled(name="Taken over"))
        world.globex.refresh_from_db()
        assert answer["Location"] == "/admin/"
        assert world.globex.name == "Globex"


def test_the_requests_of_its_programs_are_the_houses_to_choose(world: World) -> None:
    for client, asked, stands in (
        (platform(), "2000", 2000),
        (admin_of_acme(world), "9000", 2000),
        (platform("pia@greenlight.example"), "", None),
    ):
        client.post(url(world.acme), kept(world, requests_per_minute=asked))
        world.acme.refresh_from_db()
        assert world.acme.requests_per_minute == stands
