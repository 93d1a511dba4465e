"""The longest things a carrier may say fit into what is kept, on a database that measures too."""

import pytest
from django.apps import apps

from tests.events.deliveries import absorb, asking, deliver, envelope, fresh
from tests.world import World

LONGEST = "s" * 128
SAID = {
    "call_sid": LONGEST,
    "status": "completed",
    "summary": "x" * 10_000,
    "duration_seconds": 7 * 24 * 3600,
    "target": "y" * 10_000,
}


def misfits() -> list[str]:
    """Every column of every row that holds more than it may."""
    found = []
    for model in apps.get_app_config("calls").get_models():
        lengths = {f.attname: getattr(f, "max_length", None) for f in model._meta.concrete_fields}
        for row in model._default_manager.values(*lengths):
            found += [
                f"{model.__name__}.{name}"
                for name, most in lengths.items()
                if most and isinstance(row[name], str) and len(row[name]) > most
            ]
    return found


@pytest.mark.parametrize("kind", ["voice.call.completed", "voice.call." + "k" * 500])
def test_it_is_kept_whole_or_cut(world: World, kind: str) -> None:
    call, _ = asking(world)
    assert absorb(deliver(envelope(kind, event_id="e" * 128, **SAID))) == "applied"
    assert fresh(call).carrier_call_id == LONGEST
    assert misfits() == []


def test_an_unknown_word_of_any_length_moves_nothing(world: World) -> None:
    call, _ = asking(world)
    absorb(deliver(envelope(status="w" * 500)))
    assert fresh(call).carrier_word == ""
    assert misfits() == []
