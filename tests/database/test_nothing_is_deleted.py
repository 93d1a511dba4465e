"""What something else rests on cannot be deleted, and what was written down outlives its subject."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from calls.audit.models import AuditEntry
from calls.lib.rows import Row
from calls.rollups.models import HourlyStat
from tests.database.rows import change, event, note, org
from tests.dispatch.steps import asking, placed
from tests.world import World

# A row that others rest on, in a house where calls were placed.
RESTED_ON: dict[str, Callable[[World], Row]] = {
    "a tenant": lambda w: w.acme,
    "a person": lambda w: w.user("bob"),
    "an agent": lambda w: w.agent,
    "a published version": lambda w: w.version,
    "a carrier account": lambda w: w.account,
    "a route with calls": lambda w: w.place().call.route,
    "a greeting": lambda w: w.appointment,
    "approved words": lambda w: w.appointment.revisions.get(),
    "a call with an attempt": lambda w: asking(w.place().call).call,
    "a call with a history": lambda w: w.place().call,
    "an account with events": lambda w: event(w).account,
}


def keys() -> list[models.ForeignKey[Row, Row]]:
    """Every foreign key between nouns of the house."""
    return [
        field
        for model in apps.get_app_config("calls").get_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
    ]


def test_every_foreign_key_protects() -> None:
    loose = {str(key) for key in keys() if key.remote_field.on_delete is not models.PROTECT}
    assert (loose, len(keys()) > 20) == (set(), True)


@pytest.mark.parametrize("noun", RESTED_ON)
def test_what_something_rests_on_stays(world: World, noun: str) -> None:
    row = RESTED_ON[noun](world)
    world.place(to="+15555557001")
    with pytest.raises(ProtectedError), transaction.atomic():
        row.delete()
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_the_database_itself_refuses_to_lose_a_row(world: World) -> None:
    """Also to somebody with a database shell, who does not ask Django."""
    placed(world)
    for table, key in (("calls_call", "id"), ("calls_tenant", "id"), ("calls_phoneroute", "id")):
        with pytest.raises(IntegrityError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" IS NOT NULL')
            connection.check_constraints()


@pytest.mark.parametrize("model", [AuditEntry, HourlyStat])
def test_what_was_written_down_points_at_nothing(model: type[Row]) -> None:
    assert [field for field in model._meta.get_fields() if field.is_relation] == []


def test_an_entry_outlives_its_subject(world: World) -> None:
    north = org(world)
    name = north.public_id
    change(note(world), target_id=name)
    north.delete()
    assert note(world).target_id == name
