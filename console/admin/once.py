"""A form whose answer shows a secret is good for one time: a double click or a reload does nothing more."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.utils.translation import gettext

from calls.lib.errors import Refusal

FORM_LIVES = 12 * 3600


class SentAlready(Refusal):
    """What it made was shown on the first answer only."""

    code = "sent_already"


class CannotBeCounted(Refusal):
    """Without the shared cache nobody knows whether this is the second click."""

    code = "cannot_be_counted"
    status = 503


@contextmanager
def once(form: str, *, sent_already: str) -> Iterator[None]:
    """Do what is inside for the first sending of this form; where it is refused, the form stays good.

    Raises SentAlready with that sentence, CannotBeCounted.
    """
    name = f"once:{form}"
    try:
        is_first = cache.add(name, 1, FORM_LIVES)
    except Exception as problem:  # whatever the cache in use raises
        raise CannotBeCounted(
            gettext("Nothing was done: the cache cannot be reached. Try again in a minute.")
        ) from problem
    if not is_first:
        raise SentAlready(sent_already)
    try:
        yield
    except Refusal:
        cache.delete(name)
        raise
