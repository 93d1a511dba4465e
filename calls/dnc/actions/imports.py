"""Registries and their files: what is asked for, and each step of carrying a file into the list.

A step is one short transaction that moves the import's own row on, so it can be taken up after any
crash, and two workers on one import cannot count a line twice.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.dnc.queries import entries_of
from calls.dnc.shrinkage import has_shrunk
from calls.lib.errors import BadField, Refusal
from calls.lib.later import later
from calls.tenants.models import Tenant
from calls.tenants.scope import must_act_for_all, must_hold

MOST_BYTES = 2 * 1024 * 1024
LONGEST_AGE = 366
UNFINISHED = (DncImport.WAITING, DncImport.RUNNING)


class ImportUnderWay(Refusal):
    """Two files of one registry at once would lift each other's numbers."""

    code = "import_under_way"
    message = "A file of this registry is being read already. Wait until it is done."


class RegistryShrunk(Refusal):
    """A file with far fewer entries than are in force would lift all the others; half a file looks so too."""

    code = "registry_shrunk"

    def __init__(self, *, before: int, after: int, what: str = "number") -> None:
        held = f"{after:,} {what}{'s' if after != 1 else ''}"
        super().__init__(
            f"The file holds {held}, our list {before:,}: fewer than nine in ten, so nothing was"
            " lifted. Give the whole file. If so many really left the registry, import this one again and"
            " say so (on the page a box is offered, to import_dnc say --accept-shrink).",
            before=before,
            after=after,
        )


@transaction.atomic
def add_source(
    *,
    tenant: Tenant | None,
    name: str,
    title: str,
    actor: Actor,
    now: datetime,
    max_age_days: int = 31,
) -> DncSource:
    """Name a registry whose files will be imported. Raises NotFound, NotPermitted, BadField."""
    _may_import(actor, tenant.pk if tenant else None)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 40:
        raise BadField("name", "Use small letters, digits and hyphens, like us-national.")
    if not title.strip():
        raise BadField("title", "Say what people call this registry.")
    if not 1 <= max_age_days <= LONGEST_AGE:
        raise BadField("max_age_days", f"A copy may be 1 to {LONGEST_AGE} days old.")
    source, added = DncSource.objects.get_or_create(
        tenant=tenant,
        name=name,
        defaults={"title": title.strip(), "max_age_days": max_age_days, "created_at": now},
    )
    if not added:
        raise BadField("name", f"There is a registry {name} already. Import into that one.")
    after = {"name": name, "max_age_days": max_age_days}
    _note(source, "dncsource.added", actor, now, after)
    return source


@transaction.atomic
def start_import(
    *,
    source: DncSource,
    fetched_at: datetime,
    actor: Actor,
    now: datetime,
    content: str | None = None,
    accepts_shrink: bool = False,
) -> DncImport:
    """Take in a registry's file as of `fetched_at`. The whole file: what it no longer holds is lifted.

    Without `content`, whoever asks reads the file step by step. `accepts_shrink` says that far fewer entries
    than are in force are right. Raises NotFound, NotPermitted, BadField, ImportUnderWay, RegistryShrunk.
    """
    _may_import(actor, source.tenant_id)
    source = DncSource.objects.select_for_update().get(pk=source.pk)
    _must_be_newer(source, fetched_at, now)
    if content is not None:
        _must_fit(content)
    if DncImport.objects.filter(source=source, state__in=UNFINISHED).exists():
        raise ImportUnderWay
    before = entries_of(source).count()
    if content is not None and not accepts_shrink:
        _must_be_long_enough(content, before)
    found = DncImport.objects.create(
        source=source,
        state=DncImport.RUNNING if content is None else DncImport.WAITING,
        content=content or "",
        lines=len(content.splitlines()) if content else 0,
        fetched_at=fetched_at,
        before=before,
        accepts_shrink=accepts_shrink,
        asked_by=actor.name,
        created_at=now,
        moved_at=now,
    )
    after = {
        "fetched_at": fetched_at.isoformat(),
        "before": before,
        "accepts_shrink": accepts_shrink,
    }
    _note(source, "dncsource.import_started", actor, now, after)
    if content is not None:
        later("run_import", import_id=found.public_id)
    return found


@transaction.atomic
def take_numbers(
    *, found: DncImport, numbers: Sequence[str], lines: int, unreadable: int, now: datetime
) -> bool:
    """Forbid the numbers of the next `lines` lines; False when another worker has taken them."""
    mine = DncImport.objects.filter(pk=found.pk, state__in=UNFINISHED, done=found.done)
    known = DncEntry.objects.filter(registry=found.source_id, lifted_at=None, number__in=numbers)
    fresh = set(numbers).difference(known.values_list("number", flat=True))
    moved = mine.update(
        state=DncImport.RUNNING,
        done=F("done") + lines,
        added=F("added") + len(fresh),
        unreadable=F("unreadable") + unreadable,
        moved_at=now,
    )
    if moved:
        DncEntry.objects.bulk_create(
            (_entry(found, number, now) for number in sorted(fresh)), batch_size=500
        )
        found.refresh_from_db()
    return bool(moved)


@transaction.atomic
def lift_absent(*, found: DncImport, entries: Collection[UUID], now: datetime) -> int:
    """Allow numbers that the whole new file does not hold; how many."""
    rows = DncEntry.objects.filter(pk__in=entries, registry=found.source_id, lifted_at=None)
    lifted = rows.update(lifted_at=now, lifted_by=f"import {found.public_id}"[:200])
    DncImport.objects.filter(pk=found.pk).update(lifted=F("lifted") + lifted, moved_at=now)
    return lifted


@transaction.atomic
def finish_import(*, found: DncImport, actor: Actor, now: datetime) -> bool:
    """The list is what the file is: from now on our copy is as fresh as the file.

    Raises NotFound, NotPermitted.
    """
    _may_import(actor, found.source.tenant_id)
    if not _end(found, DncImport.DONE, now):
        return False
    DncSource.objects.filter(pk=found.source_id).update(fetched_at=found.fetched_at)
    counts = ("lines", "added", "lifted", "unreadable")
    after = {name: getattr(found, name) for name in counts}
    _note(found.source, "dncsource.imported", actor, now, after)
    return True


@transaction.atomic
def fail_import(
    *, found: DncImport, problem: str, actor: Actor, now: datetime, code: str = ""
) -> bool:
    """Give up on a file: what it added stays forbidden, nothing is lifted, our copy is no fresher.

    Raises NotFound, NotPermitted.
    """
    _may_import(actor, found.source.tenant_id)
    if not _end(found, DncImport.FAILED, now, problem=problem[:300], code=code):
        return False
    _note(found.source, "dncsource.import_failed", actor, now, {"problem": problem[:300]})
    return True


def _may_import(actor: Actor, tenant_id: UUID | None) -> None:
    """A registry forbids its numbers to every business unit, and a new copy lifts some for all."""
    must_hold(actor, tenant_id, "dnc:lift")
    must_act_for_all(actor)


def _end(found: DncImport, state: str, now: datetime, problem: str = "", code: str = "") -> bool:
    """Close the row once, with the lines that were read and without the numbers."""
    ended = DncImport.objects.filter(pk=found.pk, state__in=UNFINISHED).update(
        state=state,
        content="",
        lines=F("done"),
        finished_at=now,
        moved_at=now,
        problem=problem,
        problem_code=code,
    )
    found.refresh_from_db()
    return bool(ended)


def _must_be_newer(source: DncSource, fetched_at: datetime, now: datetime) -> None:
    if fetched_at > now:
        raise BadField("fetched_at", "This file would be of the future. Check its date.")
    if source.fetched_at is not None and fetched_at < source.fetched_at:
        raise BadField(
            "fetched_at",
            f"Our copy is of {source.fetched_at:%Y-%m-%d} and newer than this file. Import a newer one.",
        )


def _must_fit(content: str) -> None:
    if not content.strip() or "\0" in content:
        raise BadField("content", "The file holds no text. Give its numbers, one on each line.")
    if len(content.encode()) > MOST_BYTES:
        raise BadField(
            "content",
            "The file is larger than 2 MB. Ask whoever runs this installation to import it with"
            " manage.py import_dnc.",
        )


def _must_be_long_enough(content: str, before: int) -> None:
    """Refuse what cannot hold enough numbers at once; how many it holds is known when it was read."""
    lines = sum(1 for line in content.splitlines() if line.strip())
    if has_shrunk(before=before, after=lines):
        raise RegistryShrunk(before=before, after=lines, what="line")


def _entry(found: DncImport, number: str, now: datetime) -> DncEntry:
    source = found.source
    return DncEntry(
        tenant_id=source.tenant_id,
        number=number,
        registry=source,
        reason=f"Listed in {source.title}"[:200],
        source=source.name,
        added_by=found.asked_by,
        added_at=now,
    )


def _note(
    source: DncSource, verb: str, actor: Actor, now: datetime, after: Mapping[str, object]
) -> None:
    audit.note(
        actor=actor, verb=verb, target=source, tenant_id=source.tenant_id, now=now, after=after
    )
