"""Hints: sent after the commit, never at the cost of the request, silent for a while after a failure."""

import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import transaction

from calls.lib import later as module
from calls.lib.later import later
from console import settings as product


class Broker:
    """Stands in for the Celery app: remembers what was sent, or is down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.options: dict[str, Any] = {}
        self.tries = 0
        self.down = False

    def send_task(self, name: str, kwargs: dict[str, str], **options: Any) -> None:
        """Celery's own signature, as far as we use it."""
        self.tries += 1
        if self.down:
            raise ConnectionError("refused")
        self.sent.append((name, kwargs))
        self.options = options


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    found = Broker()
    monkeypatch.setattr(module, "current_app", found)
    monkeypatch.setattr(module, "_silent_until", 0.0)
    yield found


@pytest.mark.django_db(transaction=True)
def test_a_hint_waits_for_the_commit(broker: Broker) -> None:
    with transaction.atomic():
        later("dial", call_id="CA1")
        assert broker.sent == []
    assert broker.sent == [("calls.tasks.dial", {"call_id": "CA1"})]


@pytest.mark.django_db(transaction=True)
def test_a_hint_of_what_was_undone_is_not_sent(broker: Broker) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        later("dial", call_id="CA1")
        raise ZeroDivisionError
    assert broker.sent == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_goes_at_once(broker: Broker) -> None:
    later("dial", call_id="CA1")
    assert len(broker.sent) == 1


@pytest.mark.django_db(transaction=True)
def test_celery_neither_retries_nor_keeps_it_for_long(broker: Broker) -> None:
    later("dial", call_id="CA1")
    assert broker.options == {"retry": False, "expires": 30}


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_fails_nobody(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.down = True
    with caplog.at_level(logging.WARNING):
        later("dial", call_id="CA1")
    assert "the sweep will find the row" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_after_a_failure_nothing_is_tried_for_a_while(broker: Broker) -> None:
    broker.down = True
    for _ in range(3):
        later("dial", call_id="CA1")
    assert broker.tries == 1


@pytest.mark.django_db(transaction=True)
def test_after_the_silence_hints_go_out_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.down = True
    later("dial", call_id="CA1")
    monkeypatch.setattr(module.time, "monotonic", lambda: module._silent_until + 0.001)
    broker.down = False
    later("dial", call_id="CA2")
    assert broker.sent == [("calls.tasks.dial", {"call_id": "CA2"})]


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The address of a broker that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def seconds_to_hint(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """How long a hint holds up its sender, with the product's own transport options."""
    app = Celery(broker=broker_url, set_as_current=False)
    app.conf.broker_transport_options = product.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(module, "current_app", app)
    monkeypatch.setattr(module, "_silent_until", 0.0)
    started = time.monotonic()
    later("dial", call_id="CA1")
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere?virtual_host=0"])
def test_a_broker_that_is_not_there_costs_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seconds_to_hint(url, monkeypatch) < 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_costs_about_a_second(
    black_hole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seconds_to_hint(black_hole, monkeypatch) < 2
