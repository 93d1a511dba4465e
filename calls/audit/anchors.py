"""The lines of an anchor file: each one signed, and each one naming the line before it. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from calls.audit.chain import Flaw, Mark

NO_LINE = ""
UNREADABLE, UNSIGNED, UNLINKED = "unreadable", "unsigned", "unlinked"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of one chain at one moment; `tenant` is None for the installation's own chain."""

    chain: str
    tenant: UUID | None
    mark: Mark


def write_line(anchor: Anchor, previous: str, key: bytes) -> str:
    """The line that follows `previous` (the line itself, NO_LINE for the first), without its end."""
    said = {
        "chain": anchor.chain,
        "tenant": anchor.tenant.hex if anchor.tenant else "",
        "number": anchor.mark.number,
        "seal": anchor.mark.seal,
        "at": anchor.mark.at.astimezone(UTC).isoformat(),
        "previous": digest(previous),
    }
    return _spell(said | {"signature": _sign(said, key)})


def read_line(line: str) -> Anchor | None:
    """What a line says, its signature not asked; None where it says nothing."""
    try:
        said = json.loads(line)
        tenant = UUID(hex=said["tenant"]) if said["tenant"] else None
        mark = Mark(int(said["number"]), str(said["seal"]), datetime.fromisoformat(said["at"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Anchor(str(said.get("chain")), tenant, mark)


def check(
    chain: str, lines: Iterable[str], keys: Sequence[bytes]
) -> tuple[dict[UUID | None, list[Mark]], list[Flaw]]:
    """The anchors of a file by tenant, as far as they are signed; and what is wrong with the file."""
    marks: dict[UUID | None, list[Mark]] = {}
    flaws, previous = [], NO_LINE
    for number, line in enumerate(lines, 1):
        anchor, kind = read_line(line), _wrong(chain, line, previous, keys)
        if kind:
            flaws.append(Flaw(kind, f"line {number}", number, SAYS[kind]))
        if anchor and kind in ("", UNLINKED):
            marks.setdefault(anchor.tenant, []).append(anchor.mark)
        previous = line
    return marks, flaws


SAYS = {
    UNREADABLE: "it is no anchor of this chain.",
    UNSIGNED: "its signature is wrong: it was edited, or signed with another SECRET_KEY.",
    UNLINKED: "it does not follow the line before it: one was edited, deleted or put in.",
}


def _wrong(chain: str, line: str, previous: str, keys: Sequence[bytes]) -> str:
    anchor = read_line(line)
    if anchor is None or anchor.chain != chain:
        return UNREADABLE
    said = json.loads(line)
    signature = str(said.pop("signature", "")).encode()
    if not any(hmac.compare_digest(signature, _sign(said, key).encode()) for key in keys):
        return UNSIGNED
    return "" if said.get("previous") == digest(previous) else UNLINKED


def digest(line: str) -> str:
    """What the next line says of this one."""
    return hashlib.sha256(line.encode()).hexdigest()


def _sign(said: dict[str, object], key: bytes) -> str:
    return hmac.new(key, _spell(said).encode(), hashlib.sha256).hexdigest()


def _spell(said: dict[str, object]) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"))
