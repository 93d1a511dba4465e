"""Examples of one property share a database: each is undone before the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Everything written inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
