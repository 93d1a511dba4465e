"""Another tenant's calls, words and lines look exactly like ones that do not exist."""

import pytest

from calls.agents.models import AgentVersion
from calls.audit.models import AuditEntry
from calls.greetings.models import Greeting
from calls.management.demo import Seeded
from calls.records.models import Call, CallEvent
from tests.api.program import Program, calls_on_record

MISSING = "CA" + "0" * 32


def faceless(body: dict[str, object]) -> dict[str, object]:
    """An error's body without what differs from request to request."""
    return body | {"request_id": ""}


def test_the_log_shows_ones_own_calls(program: Program, stranger: Program) -> None:
    ours = program.place().json()["call_sid"]
    theirs = stranger.place({"to": "+15555555678"}).json()["call_sid"]
    for reader, own in ((program, ours), (stranger, theirs)):
        body = reader.read("call-logs").json()
        assert ([r["call_sid"] for r in body["data"]], body["total"]) == ([own], 1)


def test_another_tenants_call_is_not_there(program: Program, stranger: Program) -> None:
    sid = program.place().json()["call_sid"]
    foreign, missing = stranger.read(f"calls/{sid}"), stranger.read(f"calls/{MISSING}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert faceless(foreign.json()) == faceless(missing.json())


def test_another_tenants_call_cannot_be_canceled(program: Program, stranger: Program) -> None:
    sid = program.place().json()["call_sid"]
    before = CallEvent.objects.count()
    foreign, missing = stranger.cancel(sid), stranger.cancel(MISSING)
    assert (foreign.status_code, faceless(foreign.json())) == (404, faceless(missing.json()))
    assert Call.objects.get().state == "queued"
    assert CallEvent.objects.count() == before
    assert not AuditEntry.objects.filter(verb="call.canceled").exists()


def test_no_filter_reaches_across(program: Program, stranger: Program) -> None:
    sid = program.place(reference="order 77").json()["call_sid"]
    for query in (
        {"call_sid": sid},
        {"reference": "order 77"},
        {"route": "+15555551234"},
        {"cursor": "CA" + "f" * 32},
    ):
        assert stranger.read("call-logs", **query).json()["data"] == []


@pytest.mark.parametrize("path", ["make-call", "calls/preview"])
def test_another_tenants_things_cannot_be_used(acme: Seeded, globex: Seeded, path: str) -> None:
    stranger = Program(globex.api_key)
    version = AgentVersion.objects.get(agent__tenant=acme.tenant, state="published").public_id
    greeting = Greeting.objects.get(tenant=acme.tenant, name="Appointment").public_id
    for field, foreign, missing in (
        ("from", "+15555551234", "+15555551235"),
        ("agent_version_id", version, "av_" + "0" * 32),
        ("greeting_id", greeting, "gr_" + "0" * 32),
    ):
        answers = [
            stranger.send(path, f'{{"to": "+15555555678", "{field}": "{value}"}}')
            for value in (foreign, missing)
        ]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert faceless(answers[0].json()) == faceless(answers[1].json())
    assert calls_on_record() == 0


def test_another_tenants_words_are_not_approved_here(stranger: Program) -> None:
    words = "Hi, this is Acme calling about your appointment."
    answer = stranger.place({"to": "+15555555678", "greeting": words})
    assert (answer.status_code, answer.json()["error"]) == (409, "greeting_not_approved")


def test_another_tenants_call_is_no_duplicate(program: Program, stranger: Program) -> None:
    program.place({"to": "+15555555678"})
    assert stranger.place({"to": "+15555555678"}).status_code == 200
