"""What every table has in common: a time-ordered primary key and its public spelling."""

from typing import Any, ClassVar

from django.db import models

from calls.lib import ids


class Row(models.Model):
    """A row with a UUIDv7 key, so newest-first is primary-key order and ids can be minted before writing."""

    PREFIX: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """The id as programs and people see it."""
        return ids.public(self.PREFIX, self.id)


class Spelled(models.Value):
    """One of our own words, written into the statement instead of sent beside it.

    SQLite takes a partial index for `state IN (…)` only when it reads the same list in the statement.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The word in quotes."""
        if not self.value.isidentifier():
            raise ValueError(f"{self.value!r} is no word of ours")
        return f"'{self.value}'", ()


def spelled(words: tuple[str, ...]) -> list[Spelled]:
    """For `…__in=`: the words of a partial index's condition, in its order."""
    return [Spelled(word) for word in words]
