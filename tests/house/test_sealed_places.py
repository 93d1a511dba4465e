"""No sealed column is forgotten when the key is changed."""

from django.apps import apps

from calls.keyring.places import PLACES


def sealed_columns() -> set[str]:
    """Every column that says of itself that it is sealed."""
    return {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if column.name.startswith("sealed_")
    }


def test_every_sealed_column_is_among_the_places() -> None:
    listed = {str(place) for place in PLACES if not place.entries}
    assert sealed_columns() == listed


def test_every_place_exists() -> None:
    for place in PLACES:
        assert place.model._meta.get_field(place.column)
