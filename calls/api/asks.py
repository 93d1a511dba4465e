"""What programs may send: exactly these fields, of exactly these types (CONTRACT 2, 4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)

from calls.api.fields import (
    Digits,
    EntryId,
    Instant,
    Line,
    Number,
    Passage,
    RecordId,
    Sid,
    SomeInstant,
    SomeMoment,
    left_out,
)
from calls.api.shapes import Status
from calls.lib import phone
from calls.lib.errors import BadField
from calls.placing.ask import Ask
from calls.records.queries import CallFilter

Name = Annotated[Line, StringConstraints(max_length=40)]
# A null is refused below, so the schema does not offer one either.
Callee = Annotated[Literal["callee"] | None, WithJsonSchema({"type": "string", "const": "callee"})]
Pairs = dict[Name, Annotated[Line, StringConstraints(max_length=200)]]

MOST_HOURS, MOST_DAYS = timedelta(days=31), timedelta(days=366)


class Asked(BaseModel):
    """Nothing unknown is skipped and nothing is converted: a misspelt field must not place a call."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def is_given(cls, value: object) -> object:
        """A null is not an omission: a program that lost a value must not fall back to a default."""
        if value is None:
            raise ValueError("must not be null; leave it out if you do not mean it")
        return value


class CallAsk(Asked):
    """One intended call."""

    to: Line = Field(max_length=64, description="Callee, E.164")
    caller_id: Line = left_out(alias="from", max_length=64, description="One of your routes")
    agent_key: Line = left_out(max_length=64)
    agent_version_id: Line = left_out(max_length=64, description="One exact version")
    greeting: str = left_out(min_length=1, max_length=2000, description="Approved opening words")
    org_id: Line = left_out(max_length=64, description="Business unit")
    greeting_id: Line = left_out(max_length=64)
    variables: Pairs = Field(default_factory=dict, max_length=20)
    scheduled_at: SomeMoment = Field(None, description="RFC 3339, or local with time_zone")
    time_zone: Callee = None
    when: Literal["now", "next_allowed"] = "now"
    expires_at: SomeInstant = None
    reference: Line = left_out(max_length=200)
    metadata: Pairs = Field(default_factory=dict, max_length=20)
    allow_duplicate: bool = False

    def ask(self, *, idempotency_key: str | None = None) -> Ask:
        """The request in the domain's words. Raises BadField."""
        fields = self.model_dump(exclude={"time_zone"})
        self._check_clock()
        return Ask(**fields, idempotency_key=idempotency_key)

    def _check_clock(self) -> None:
        """A time names its clock exactly once: by its offset or by `time_zone`."""
        is_local = self.scheduled_at is not None and self.scheduled_at.tzinfo is None
        if is_local and self.time_zone is None:
            raise BadField(
                "scheduled_at", 'Give the time an offset, or add "time_zone": "callee" to it.'
            )
        if self.time_zone and not is_local:
            raise BadField(
                "time_zone", "Send it only with a local scheduled_at, one without an offset."
            )


class LogQuery(Asked):
    """Which calls to list."""

    limit: Digits = Field(25, ge=1, le=200)
    offset: Digits = Field(0, le=1_000_000, description="Deeper pages: use cursor")
    cursor: Sid = left_out(description="The next_cursor of the page before")
    status: Status | None = None
    direction: Literal["outbound", "inbound"] | None = None
    since: SomeInstant = Field(None, alias="from", description="Asked for at or after")
    until: SomeInstant = Field(None, alias="to", description="Asked for before")
    agent_key: Line = left_out(max_length=64)
    route: Number = left_out(max_length=64, description="The caller ID, E.164")
    reference: Line = left_out(max_length=200)
    org_id: Line = left_out(max_length=64)
    call_sid: Sid = left_out()

    def wanted(self) -> CallFilter:
        """The same in the domain's words. Raises BadField."""
        if self.cursor and self.offset:
            raise BadField("offset", "Send either offset or cursor, not both.")
        if self.since and self.until and self.since >= self.until:
            raise BadField("to", "The end of the period is not after its beginning. Swap them.")
        return CallFilter(
            status=self.status or "",
            since=self.since,
            until=self.until,
            agent_key=self.agent_key,
            route=self.route,
            reference=self.reference,
            org=self.org_id,
            call_sid=self.call_sid,
        )


class StatsQuery(Asked):
    """Which calls to count, and by what."""

    since: SomeInstant = Field(None, alias="from", description="Left out: a week before `to`")
    until: SomeInstant = Field(None, alias="to", description="Left out: now")
    group_by: Literal["status", "outcome", "route", "agent", "hour", "day"] = Field(
        "outcome", description="Hours and days are those of UTC"
    )

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """The instants asked for. Raises BadField."""
        until = self.until or now
        since = self.since or until - timedelta(days=7)
        if since >= until:
            raise BadField("to", "The end of the period is not after its beginning. Swap them.")
        most = MOST_HOURS if self.group_by == "hour" else MOST_DAYS
        if until - since > most:
            raise BadField("from", f"Count at most {most.days} days at a time. Start later.")
        return since, until


class DncAsk(Asked):
    """A number nobody may call any more."""

    number: Line = Field(max_length=64, description="E.164, or its beginning with is_prefix")
    reason: Line = Field(max_length=200, description="Shown with every refusal")
    is_prefix: bool = False
    expires_at: SomeInstant = Field(None, description="Left out: until somebody lifts it")

    def e164(self) -> str:
        """The number as it stands on the list. Raises BadField."""
        return self.number if self.is_prefix else phone.must_read("number", self.number).e164


class DncQuery(Asked):
    """Which page of the list."""

    limit: Digits = Field(100, ge=1, le=200)
    cursor: EntryId = left_out(description="The next_cursor of the page before")


class ConsentAsk(Asked):
    """Somebody's agreement to be called, with what shows it."""

    number: Line = Field(max_length=64, description="E.164")
    kind: Literal["express", "written"]
    channel: Literal["web", "phone", "paper", "message", "person", "other"]
    text_shown: Passage = Field(max_length=4000, description="The words they agreed to")
    evidence: Line = Field(max_length=500, description="Where the proof lies")
    captured_at: Instant = Field(description="When they agreed, RFC 3339")
    expires_at: SomeInstant = Field(None, description="Left out: until they take it back")


class RevocationAsk(Asked):
    """Somebody takes back everything agreed to before now."""

    number: Line = Field(max_length=64, description="E.164")
    how: Line = Field(max_length=200, description="How they took it back; kept on record")


class ConsentQuery(Asked):
    """Which page of the records."""

    limit: Digits = Field(100, ge=1, le=200)
    cursor: RecordId = left_out(description="The next_cursor of the page before")


def refuse_unknown(given: Iterable[str], query: type[BaseModel]) -> None:
    """Raise BadField for a query parameter that does not exist, which Ninja would skip."""
    known = {field.alias or name for name, field in query.model_fields.items()}
    for name in given:
        if name not in known:
            raise BadField(name[:100], f"{name[:100]} is no parameter of this address. Remove it.")
