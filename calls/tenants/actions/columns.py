"""Which columns a verb may be told to change."""

from collections.abc import Mapping


def must_be_among(columns: frozenset[str], changes: Mapping[str, object]) -> None:
    """Nobody types a column's name: another one than these is a mistake of ours."""
    if strange := sorted(changes.keys() - columns):
        raise TypeError(f"Not to be changed like this: {', '.join(strange)}.")
