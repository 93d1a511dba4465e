"""Call, first event, receipt and audit entry are one transaction: all four, or none (R1.5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from calls.audit.models import AuditEntry
from calls.placing.actions import CallRefused
from calls.records.models import Call, CallEvent, Receipt
from tests.world import World

TABLES = ["calls_call", "calls_callevent", "calls_receipt", "calls_auditentry"]


class Outage(Exception):
    """The database goes away in the middle."""


@contextmanager
def failing_at(table: str) -> Iterator[None]:
    """The write into this table fails."""

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(f'INSERT INTO "{table}"'):
            raise Outage
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


def rows() -> list[int]:
    return [model.objects.count() for model in (Call, CallEvent, Receipt, AuditEntry)]


@pytest.mark.parametrize("table", TABLES)
def test_a_call_that_cannot_be_written_whole_is_not_written(world: World, table: str) -> None:
    actor, before = world.bob, rows()
    with failing_at(table), pytest.raises(Outage):
        world.place(actor=actor)
    assert rows() == before


@pytest.mark.parametrize("table", TABLES)
def test_a_refusal_that_cannot_be_written_whole_is_not_written(world: World, table: str) -> None:
    actor, before = world.bob, rows()
    with failing_at(table), pytest.raises(Outage):
        world.place(actor=actor, greeting="Nobody approved this.")
    assert rows() == before


@pytest.mark.parametrize("table", TABLES)
def test_after_the_outage_the_same_key_is_a_first_request(world: World, table: str) -> None:
    actor = world.bob
    with failing_at(table), pytest.raises(Outage):
        world.place(actor=actor, idempotency_key="k1")
    placement = world.place(actor=actor, idempotency_key="k1")
    assert not placement.replayed


@pytest.mark.parametrize("table", TABLES)
def test_no_worker_is_told_of_a_call_that_was_not_written(
    world: World, table: str, django_capture_on_commit_callbacks: Any
) -> None:
    actor = world.bob
    with django_capture_on_commit_callbacks() as hints, failing_at(table), pytest.raises(Outage):
        world.place(actor=actor)
    assert hints == []


def test_each_kind_of_row_is_written_once(world: World) -> None:
    before = rows()
    world.place()
    with pytest.raises(CallRefused):
        world.place(greeting="Nobody approved this.")
    assert [after - count for after, count in zip(rows(), before, strict=True)] == [2, 2, 2, 2]
