"""What makes a record tamper-evident: its content hash, its seal, and finding what was changed. Pure.

A record's content hash covers every field that must never change. A seal covers the seal before it,
the record's number in its chain and its content hash, so no record can be changed, moved or left out
without every later seal changing too. Anchors are seals written down elsewhere: they show what the
chain alone cannot, that its end was cut off or all of it was made anew (docs/proof.md).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

# In the content of records from before there were hashes: they were hashed when they were sealed.
HASHED_LATE = "hashed_when_sealed"
SEALED_WITHIN = timedelta(minutes=1)
ANCHORED_WITHIN = timedelta(hours=2)
MOST_FLAWS = 1000
# Each record out of place is held against each such place; a few show what happened.
MOST_MISPLACED = 100
DIGEST_LENGTH = 12

EDITED, RESEALED, DELETED, DUPLICATE = "edited", "resealed", "deleted", "duplicate"
REORDERED, CUT, REWRITTEN = "reordered", "cut", "rewritten"
UNHASHED, UNSEALED, UNANCHORED = "unhashed", "unsealed", "unanchored"


@dataclass(frozen=True, slots=True)
class Link:
    """One record as it is found: its place in the chain, and `content` as far as `digests` names it."""

    row: str
    number: int | None
    seal: str
    sha256: str
    digests: Mapping[str, str]
    content: Mapping[str, object]
    written: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """What an anchor says: at this moment the chain's record `number` had this seal."""

    number: int
    seal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: which record (its public id, where it is there), which number, what."""

    kind: str
    row: str
    number: int | None
    says: str


@dataclass(slots=True)
class Report:
    """What was found in one chain; beyond MOST_FLAWS, flaws are only counted."""

    rows: int = 0
    head: int = 0
    waiting: int = 0
    hashed_late: int = 0
    anchored: Mark | None = None
    flaws: list[Flaw] = field(default_factory=list)
    more: int = 0

    def add(self, kind: str, row: str, number: int | None, says: str) -> None:
        """Keep a flaw, or count it."""
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(Flaw(kind, row, number, says))
        else:
            self.more += 1


def spell(value: object) -> str:
    """The one spelling of a value, from whichever database and whether reloaded or not."""
    match value:
        case None | bool() | str():
            return json.dumps(value)
        case int() | float() | Decimal():
            return _number(value)
        case UUID():
            return json.dumps(value.hex)
        case datetime():
            return json.dumps(_instant(value))
        case Mapping():
            pairs = sorted((str(name), spell(inner)) for name, inner in value.items())
            return "{" + ",".join(f"{json.dumps(name)}:{inner}" for name, inner in pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(spell, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no spelling here.")


def _number(value: float | Decimal) -> str:
    """1, 1.0 and 1e0 are the same number, and a database may give back any of them."""
    text = format(Decimal(repr(float(value)) if isinstance(value, float) else value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("An instant without a zone has no spelling here.")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def hash_content(content: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """The content hash, and a short digest of each field, by which an edited field can be named."""
    spelled = {name: spell(content[name]) for name in sorted(content)}
    whole = "\n".join(f"{name}:{text}" for name, text in spelled.items())
    return _sha256(whole), {name: _sha256(text)[:DIGEST_LENGTH] for name, text in spelled.items()}


def first_seal(chain: str, tenant: UUID | None) -> str:
    """What the seal of record number 1 follows: the name of its chain."""
    return _sha256(f"{chain}/{tenant.hex if tenant else 'installation'}")


def next_seal(previous: str, number: int, sha256: str) -> str:
    """The seal of a record, given the seal of the one before it."""
    return _sha256(f"{previous}:{number}:{sha256}")


def verify(start: str, rows: Iterable[Link], marks: Iterable[Mark], *, now: datetime) -> Report:
    """Everything that is wrong with one chain, in one pass over its records.

    `start` is its `first_seal`; `rows` are the sealed records by number, then those without a seal.
    """
    walk = _Walk(start, marks, now)
    for row in rows:
        walk.take(row)
    return walk.end()


@dataclass(frozen=True, slots=True)
class _Place:
    """A number whose record is missing or does not fit: both seals it may follow, the seal found."""

    number: int
    before: tuple[str, ...]
    seal: str

    def belongs_to(self, row: Link) -> bool:
        """Whether a record's seal, or the one found here, is right for it here."""
        seals = {next_seal(seal, self.number, row.sha256) for seal in self.before}
        return bool(seals & {row.seal, self.seal})


class _Walk:
    """Goes along a chain; remembers one record back, and those out of place."""

    def __init__(self, start: str, marks: Iterable[Mark], now: datetime) -> None:
        self.report = Report()
        self.now = now
        # The seal found last and, where it was wrong, the one that would have been right there.
        self.before: tuple[str, ...] = (start,)
        self.misplaced: list[Link] = []
        self.places: list[_Place] = []
        self.marks: dict[int, list[Mark]] = {}
        for mark in marks:
            self.marks.setdefault(mark.number, []).append(mark)
            self.report.anchored = mark
        self.furthest = max(self.marks, default=0)
        self.first_beyond: Link | None = None

    def take(self, row: Link) -> None:
        """The next record."""
        self.report.rows += 1
        self.report.hashed_late += HASHED_LATE in row.digests
        self._check_content(row)
        if row.number is None:
            self._check_waiting(row)
        else:
            self._check_number(row, row.number)
            self._check_seal(row, row.number)
            self._check_marks(row, row.number)
            self.report.head = row.number

    def _check_content(self, row: Link) -> None:
        if not row.sha256:
            if row.number is not None:
                self._add(UNHASHED, row, "its content hash was removed (field sha256).")
            return
        sha256, digests = hash_content(row.content)
        names = sorted(name for name in digests if digests[name] != row.digests.get(name))
        if sha256 != row.sha256:
            what = ", ".join(names) or "sha256, or the list of fields in digests,"
            self._add(EDITED, row, f"it was edited: field {what} is not what was hashed.")
        elif digests != row.digests:
            self._add(EDITED, row, "it was edited: field digests is not what the others give.")

    def _check_waiting(self, row: Link) -> None:
        self.report.waiting += 1
        if self.now - row.written > SEALED_WITHIN:
            self._add(UNSEALED, row, "it has waited for its seal for more than a minute.")

    def _check_number(self, row: Link, number: int) -> None:
        head = self.report.head
        if number == head:
            self._add(DUPLICATE, row, f"number {number} is given to more than one record.")
        elif number > head + 1:
            gone = f"{head + 1}" if number == head + 2 else f"{head + 1} to {number - 1}"
            says = f"number {gone} is missing: deleted, or moved elsewhere."
            self.report.add(DELETED, "", head + 1, says)
            self._remember(row, _Place(head + 1, self.before, ""))
            self.before = ()
        if number > self.furthest and self.first_beyond is None:
            self.first_beyond = row

    def _check_seal(self, row: Link, number: int) -> None:
        right = [next_seal(seal, number, row.sha256) for seal in self.before]
        if right and row.seal not in right:
            says = (
                "its seal does not fit (field seal): it, or the record before it, was hashed anew."
            )
            self._add(RESEALED, row, says)
            self._remember(row, _Place(number, self.before, row.seal))
        self.before = (row.seal, *right[:1])

    def _check_marks(self, row: Link, number: int) -> None:
        for mark in self.marks.get(number, ()):
            if mark.seal != row.seal:
                says = f"its seal is not the one anchored at {_at(mark)}: it was rewritten, or all"
                self._add(REWRITTEN, row, f"{says} up to it cut off and written anew.")

    def end(self) -> Report:
        """What only the whole chain shows."""
        head = self.report.head
        if self.furthest > head:
            says = f"the end is cut off: numbers {head + 1} to {self.furthest} are gone"
            at = _at(self.marks[self.furthest][0])
            self.report.add(CUT, "", head + 1, f"{says}, of which the last was anchored at {at}.")
        if self.first_beyond and self.now - self.first_beyond.written > ANCHORED_WITHIN:
            says = "no anchor since: anchoring has stopped, or lines were cut off its file."
            self._add(UNANCHORED, self.first_beyond, says)
        self._name_the_reordered()
        return self.report

    def _remember(self, row: Link, place: _Place) -> None:
        if len(self.places) < MOST_MISPLACED:
            self.places.append(place)
            self.misplaced.append(row)

    def _name_the_reordered(self) -> None:
        for row in self.misplaced:
            for place in self.places:
                if row.number != place.number and place.belongs_to(row):
                    says = f"it stands at number {row.number} and was sealed as {place.number}"
                    self._add(REORDERED, row, f"{says}: records changed places.")

    def _add(self, kind: str, row: Link, says: str) -> None:
        self.report.add(kind, row.row, row.number, says)


def _at(mark: Mark) -> str:
    return f"{mark.at:%Y-%m-%d %H:%M} UTC"
