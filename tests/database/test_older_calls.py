"""Calls from before pace was counted by country and prefix are counted like the others."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from calls.limits.counting import Cap
from calls.placing import tallies
from calls.records.models import Call
from tests.world import CALLEE, NOW, World

migration = importlib.import_module("calls.migrations.0012_older_calls_are_counted")


def older(world: World, **fields: Any) -> Call:
    """A call as it was written then."""
    call = world.place(allow_duplicate=True).call
    Call.objects.filter(pk=call.pk).update(**{"country": "", "prefix": ""} | fields)
    return call


def fill() -> None:
    """What the migration does."""
    with connection.schema_editor(atomic=False) as editor:
        migration.say_where_they_went(apps, editor)


def places() -> list[tuple[str, str]]:
    """Where each call went, oldest first."""
    return list(Call.objects.order_by("id").values_list("country", "prefix"))


@pytest.mark.django_db(transaction=True)
def test_it_says_where_each_call_went(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "BATCH", 2)
    for number in (CALLEE, "+442079460123", CALLEE, "+4930123456", CALLEE):
        older(world, to=number)
    fill()
    acme, london, berlin = ("US", "+1555555"), ("GB", "+44207946"), ("DE", "+493012")
    assert places() == [acme, london, acme, berlin, acme]


@pytest.mark.django_db(transaction=True)
def test_a_number_that_cannot_be_read_stays_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "BATCH", 1)
    older(world, to="+0")
    older(world)
    fill()
    assert places() == [("", ""), ("US", "+1555555")]


@pytest.mark.django_db(transaction=True)
def test_what_is_known_is_left_alone(world: World) -> None:
    older(world, country="CA", prefix="+1416")
    fill()
    assert places() == [("CA", "+1416")]


@pytest.mark.django_db(transaction=True)
def test_pace_counts_them(world: World) -> None:
    older(world)
    asked: dict[str, Any] = {"tenant": world.acme, "subjects": {"country": "US"}, "at": NOW}
    hourly = [Cap("country", 1, 3600)]
    assert [found.next_free for found in tallies.velocity(caps=hourly, **asked)] == [None]
    fill()
    assert all(found.next_free for found in tallies.velocity(caps=hourly, **asked))
