"""What changed between two texts, word by word. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"

# A placeholder is one word; so is a run of letters, of spaces, and each punctuation mark.
_WORDS = re.compile(r"\{\w+\}|\w+(?:['’]\w+)*|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and whether it stayed, went or came: same, gone, new."""

    text: str
    kind: str


def compare(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; put together again, each side is its text to the character."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        left.append(Piece(gone, SAME if tag == "equal" else GONE))
        right.append(Piece(come, SAME if tag == "equal" else NEW))
    return _joined(left), _joined(right)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind become one piece; a lone space between two changed words changes with them."""
    wanted = [piece for piece in pieces if piece.text]
    joined: list[Piece] = []
    for index, piece in enumerate(wanted):
        lone_space = piece.kind == SAME and piece.text.isspace() and 0 < index < len(wanted) - 1
        kind = wanted[index - 1].kind if lone_space else piece.kind
        if joined and joined[-1].kind == kind:
            joined[-1] = Piece(joined[-1].text + piece.text, kind)
        else:
            joined.append(Piece(piece.text, kind))
    return joined
