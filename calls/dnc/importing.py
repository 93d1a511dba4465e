"""Carrying a registry's file into the list, chunk by chunk, and taking up what a crash left lying.

Nothing is lifted and no date is renewed before the last line was read.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from calls.audit.actor import system
from calls.dnc import actions
from calls.dnc.models import DncEntry, DncImport
from calls.dnc.reading import CHUNK, Seen, read_chunks
from calls.dnc.shrinkage import has_shrunk
from calls.lib.later import later
from calls.lib.rows import spelled

IMPORTER = system("dnc import")
# A step takes well under a second; whoever has not moved for so long is dead.
STUCK = timedelta(seconds=30)
# A command reads from a disk and may be stopped by hand; nobody can go on with its file.
FORSAKEN = timedelta(minutes=10)
# A number on a line nobody can read would be lifted: a heading and few strays are all a list may hold.
STRAYS = 100
EMPTY = "The file holds no number. Give the whole list; nothing was lifted."
MIXED_UP = "Too many lines are no telephone numbers with a country code. Check the file; nothing was lifted."
INTERRUPTED = "The command was stopped before the last line. Run it again; nothing was lifted."


def run_import(*, import_id: UUID) -> None:
    """Carry a stored file in, from the line its row says; what is over already is left alone."""
    found = DncImport.objects.select_related("source").get(pk=import_id)
    if found.finished_at is None and found.content:
        carry(found, found.content.splitlines())


def carry(found: DncImport, lines: Iterable[str]) -> bool:
    """Carry all these lines in; False when another worker does, or the file is no such list."""
    seen, before = Seen(), found.done
    rest = iter(lines)
    for chunk in read_chunks(islice(rest, before)):
        seen.add(chunk.numbers)
    for chunk in read_chunks(rest):
        seen.add(chunk.numbers)
        if not actions.take_numbers(
            found=found,
            numbers=chunk.numbers,
            lines=chunk.lines,
            unreadable=chunk.unreadable,
            now=timezone.now(),
        ):
            return False
    if problem := _problem(found, numbers=len(seen)):
        code, words = problem
        now = timezone.now()
        actions.fail_import(found=found, problem=words, code=code, actor=IMPORTER, now=now)
        return False
    _lift_what_is_gone(found, seen)
    return actions.finish_import(found=found, actor=IMPORTER, now=timezone.now())


def run_waiting(*, now: datetime) -> None:
    """Send a hint for every import that waits or stands still; give up what only its command could read."""
    unfinished = DncImport.objects.filter(state__in=spelled(actions.UNFINISHED))
    forsaken = unfinished.filter(content="", moved_at__lt=now - FORSAKEN)
    for found in forsaken.select_related("source"):
        actions.fail_import(found=found, problem=INTERRUPTED, actor=IMPORTER, now=now)
    due = Q(state=DncImport.WAITING) | Q(moved_at__lt=now - STUCK)
    for found in unfinished.filter(due).exclude(content="").defer("content"):
        later("run_import", import_id=found.public_id)


def _problem(found: DncImport, *, numbers: int) -> tuple[str, str] | None:
    """Why a file that was read to its end lifts nothing: a code and a sentence."""
    if not numbers and not found.unreadable:
        return "registry_empty", EMPTY
    if numbers <= found.unreadable or found.unreadable > 1 + found.done // STRAYS:
        return "registry_unreadable", MIXED_UP
    if found.accepts_shrink or not has_shrunk(before=found.before, after=numbers):
        return None
    shrunk = actions.RegistryShrunk(before=found.before, after=numbers)
    return shrunk.code, shrunk.sentence


def _lift_what_is_gone(found: DncImport, seen: Seen) -> None:
    """Walk the registry's entries by id and lift those the file no longer holds."""
    rows = DncEntry.objects.filter(registry=found.source_id, lifted_at=None).order_by("id")
    last: UUID | None = None
    while batch := list(
        (rows.filter(id__gt=last) if last else rows).values_list("id", "number")[:CHUNK]
    ):
        gone = [key for key, number in batch if number not in seen]
        if gone:
            actions.lift_absent(found=found, entries=gone, now=timezone.now())
        last = batch[-1][0]
