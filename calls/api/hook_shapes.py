"""What programs send and get about webhooks: exactly these fields, of exactly these types."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from calls.api.asks import Asked
from calls.api.fields import Digits, Instant, Line, left_out
from calls.api.shapes import Answered
from calls.hooks.envelope import EVENTS
from calls.hooks.models import Delivery, Endpoint
from calls.lib import ids

HEX = "[0-9a-f]{32}$"


def _delivery_id(text: str) -> str:
    if ids.parse(Delivery.PREFIX, text) is None:
        raise ValueError("is not an id of a delivery; take one from an answer")
    return text


DeliveryRef = Annotated[
    str,
    AfterValidator(_delivery_id),
    WithJsonSchema({"type": "string", "pattern": f"^{Delivery.PREFIX}{HEX}"}),
]
EventName = Annotated[Line, WithJsonSchema({"type": "string", "enum": list(EVENTS)})]
Unit = Annotated[Line, StringConstraints(max_length=64)]


class EndpointAsk(Asked):
    """An address of yours that is to be told of events."""

    url: Line = Field(max_length=1000, description="https, port 443 or 8443, public")
    events: list[EventName] = Field(
        default_factory=list, max_length=20, description="Left out or empty: all of them"
    )
    orgs: list[Unit] = Field(
        default_factory=list,
        max_length=50,
        description="Business units; left out: all of the key's",
    )


class ReplayAsk(Asked):
    """From when on deliveries that were given up are sent again."""

    since: Instant = Field(description="RFC 3339 with an offset")


class DeliveryQuery(Asked):
    """Which page of an endpoint's log."""

    limit: Digits = Field(50, ge=1, le=200)
    cursor: DeliveryRef = left_out(description="The next_cursor of the page before")
    failed: Literal["true", "false"] = Field("false", description="Only what was given up")


class RotateQuery(Asked):
    """How a secret is rotated."""

    at_once: Literal["true", "false"] = Field(
        "false", description="The former secret leaked: it ends now"
    )


class EndpointRecord(Answered):
    """An endpoint; `events` and `orgs` are empty where it hears of all, `failing_since` is null while it works."""

    id: str
    url: str
    events: list[str]
    orgs: list[str]
    enabled: bool
    disabled_at: datetime | None
    disabled_by: Literal["person", "gone", "failing"] | None
    failing_since: datetime | None
    former_secret_until: datetime | None
    created_at: datetime
    created_by: str
    deleted_at: datetime | None


class EndpointAnswer(EndpointRecord):
    """One endpoint."""

    ok: Literal[True] = True


class EndpointSecret(EndpointAnswer):
    """One endpoint with its secret, which is shown now and never again."""

    secret: str


class EndpointPage(Answered):
    """Every endpoint in use, newest first."""

    data: list[EndpointRecord]


class DeliveryTry(Answered):
    """One try: `status` is null where no answer came, `answer` its first kilobyte."""

    at: datetime
    status: int | None
    milliseconds: int
    trouble: str
    answer: str


class DeliveryRecord(Answered):
    """One event on its way to one endpoint; `tried` counts since it was asked for."""

    id: str
    endpoint_id: str
    event_id: str
    event: str
    call_sid: str | None
    state: Literal["waiting", "delivered", "given_up"]
    tried: int
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None


class DeliveryAnswer(DeliveryRecord):
    """One delivery with its body, exactly as it is signed, and every try."""

    ok: Literal[True] = True
    body: str
    tries: list[DeliveryTry]


class DeliveryPage(Answered):
    """An endpoint's log, newest first; `next_cursor` leads to what is older."""

    data: list[DeliveryRecord]
    limit: int
    next_cursor: str | None


class Replayed(Answered):
    """How many deliveries are sent again."""

    ok: Literal[True] = True
    replayed: int


def record(row: Endpoint) -> EndpointRecord:
    """An endpoint among others."""
    return EndpointRecord(**_facts(row))


def answer(row: Endpoint) -> EndpointAnswer:
    """An endpoint by itself."""
    return EndpointAnswer(**_facts(row))


def with_secret(row: Endpoint, secret: str) -> EndpointSecret:
    """An endpoint whose secret was made just now."""
    return EndpointSecret(**_facts(row), secret=secret)


def delivery(row: Delivery) -> DeliveryAnswer:
    """A delivery by itself."""
    tries = [DeliveryTry(**tried) for tried in row.tries]
    return DeliveryAnswer(**_sent(row), body=row.body, tries=tries)


def delivery_page(rows: Sequence[Delivery], *, limit: int) -> DeliveryPage:
    """One page of a log; one more than asked for says that there are older ones."""
    shown = rows[:limit]
    return DeliveryPage(
        data=[DeliveryRecord(**_sent(row)) for row in shown],
        limit=limit,
        next_cursor=shown[-1].public_id if len(rows) > limit else None,
    )


def _facts(row: Endpoint) -> dict[str, Any]:
    same = ("url", "events", "disabled_at", "failing_since", "created_at", "created_by")
    return {name: getattr(row, name) for name in same} | {
        "id": row.public_id,
        "orgs": row.org_keys,
        "enabled": row.is_enabled,
        "disabled_by": row.disabled_by or None,
        "former_secret_until": row.former_until,
        "deleted_at": row.ended_at,
    }


def _sent(row: Delivery) -> dict[str, Any]:
    same = ("event_id", "event", "tried", "created_at", "next_at", "delivered_at", "given_up_at")
    return {name: getattr(row, name) for name in same} | {
        "id": row.public_id,
        "endpoint_id": ids.public(Endpoint.PREFIX, row.endpoint_id),
        "call_sid": ids.public("CA", row.call_id) if row.call_id else None,
        "state": row.state,
    }
