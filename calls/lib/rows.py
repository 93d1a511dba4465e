"""What every table has in common: a time-ordered primary key and its public spelling."""

from typing import ClassVar

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
