"""Reseal what is stored, some rows in a transaction: killed at any moment, nothing is lost or half done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model

from calls.keyring.places import Place, put, texts_in
from calls.lib import secrets

BATCH = 100


@dataclass(slots=True)
class Count:
    """What became of the texts of one place; of those nobody can open, whose they are and the key's id."""

    resealed: int = 0
    current: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)


def reseal_place(*, place: Place, dry_run: bool = False, batch: int = BATCH) -> Count:
    """Put every text of a place under the first key; safe to run at any time, at once, and again.

    What is under the first key already is left alone, so a run that was cut short is simply started again.
    With `dry_run` nothing is written.
    """
    count, last = Count(), None
    while keys := _next_keys(place, last, batch):
        _reseal_rows(place, keys, count, dry_run)
        last = keys[-1]
    return count


def _next_keys(place: Place, last: Any, batch: int) -> list[Any]:
    rows = place.model._base_manager.order_by("pk")
    after = rows if last is None else rows.filter(pk__gt=last)
    return list(after.values_list("pk", flat=True)[:batch])


@transaction.atomic
def _reseal_rows(place: Place, keys: list[Any], count: Count, dry_run: bool) -> None:
    """Nobody changes these rows meanwhile; all of them are written, or none."""
    locked = place.model._base_manager.select_for_update().filter(pk__in=keys)
    changed = {row.pk: new for row in locked for new in _resealed(row, place, count)}
    for pk, value in changed.items() if not dry_run else ():
        place.model._base_manager.filter(pk=pk).update(**{place.column: value})


def _resealed(row: Model, place: Place, count: Count) -> Iterator[Any]:
    """The column's new value, if it has to be written."""
    before = after = getattr(row, place.column)
    for way, text in texts_in(before, place):
        try:
            new = secrets.reseal(text)
        except secrets.Undecryptable as problem:
            count.lost.append((_name(row, place), problem.key_id))
            continue
        count.resealed, count.current = (
            count.resealed + (new != text),
            count.current + (new == text),
        )
        after = put(after, way, new)
    if after != before:
        yield after


def _name(row: Model, place: Place) -> str:
    return str(getattr(row, "public_id", "") or f"{place.label} {row.pk}")
