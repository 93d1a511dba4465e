"""Where sealed texts stand: one list, so that none is forgotten when the key is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Place:
    """A column that holds a sealed text or a list of them; or a mapping, of which some entries do."""

    label: str
    column: str
    entries: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        """The noun whose column this is."""
        return apps.get_model(self.label)

    def __str__(self) -> str:
        return f"{self.label}.{self.column}"


# A house test holds this against every column that is called sealed_….
PLACES = (
    Place("calls.CarrierAccount", "sealed_api_key"),
    Place("calls.CarrierAccount", "sealed_hook_secrets"),
    Place("calls.CarrierAccount", "sealed_former_secrets"),
    Place("calls.Endpoint", "sealed_secret"),
    Place("calls.Endpoint", "sealed_former_secret"),
    # Second factors are sealed by the adapter in console/accounts.py, where django-allauth keeps them.
    Place("mfa.Authenticator", "data", ("secret", "seed", "migrated_codes")),
)


def texts_in(value: Any, place: Place) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every sealed text in a column's value, and the way to it."""
    if isinstance(value, str) and value:
        yield (), value
    elif isinstance(value, list):
        yield from (((n,), text) for n, text in enumerate(value))
    elif isinstance(value, dict):
        for name in place.entries:
            yield from (((name, *way), text) for way, text in texts_in(value.get(name), place))


def put(value: Any, way: tuple[str | int, ...], text: str) -> Any:
    """The value with this text at the end of the way; what was given is left as it is."""
    if not way:
        return text
    changed = value.copy()
    changed[way[0]] = put(value[way[0]], way[1:], text)
    return changed
