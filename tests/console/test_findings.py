"""What the linter says is seen by the author while writing, by owners while deciding, and on the greeting."""

import pytest
from django.http import HttpResponse

from calls.agents import actions as agents
from calls.greetings.linter import ADVICE, STOPS, Finding
from calls.greetings.models import Greeting, Review
from console.greeting_words import lines_of
from tests.console.signed_in import HTMX, sign_in, words
from tests.world import NOW, SEED, World

UNNAMED = "Say who is calling: the words must name “Acme”."
NEW = "/t/acme/greetings/new"


def type_in(world: World, url: str = NEW, **fields: str) -> str:
    """The part that comes back while Bob types."""
    typed = {"name": "X", "agent": "", "language": "en-US", "check": "1"}
    return words(sign_in(world).post(url, typed | fields, headers=HTMX).content)


def open_review(world: World, greeting: Greeting, who: str = "alice") -> str:
    asked = greeting.reviews.get()
    return words(sign_in(world, who).get(f"/t/acme/approvals/{asked.public_id}").content)


def decide(world: World, greeting: Greeting, decision: str) -> HttpResponse:
    url = f"/t/acme/approvals/{greeting.reviews.get().public_id}/decision"
    sent = {"decision": decision, "comment": "Say who is calling."}
    return sign_in(world, "alice").post(url, sent)


def sales(world: World) -> str:
    """An agent that markets; its public id."""
    return agents.create_agent(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        agent_key="sales",
        name="Sales",
        purpose="marketing",
    ).public_id


def test_while_one_types_what_stops_is_said(world: World) -> None:
    html = type_in(world, text="Hi, your parcel is here.")
    assert UNNAMED in html
    assert "Stops an approval." in html


def test_while_one_types_advice_points_at_the_piece(world: World) -> None:
    html = type_in(world, text="Acme here, see www.acme.example for more.")
    assert "Advice." in html
    assert "<code>www.acme.example</code>" in html
    assert "Stops an approval." not in html


def test_words_that_are_fine_get_no_remark(world: World) -> None:
    assert "findings" not in type_in(world, text="Hi, this is Acme.")
    assert "findings" not in type_in(world, text="")


def test_a_new_form_starts_without_remarks(world: World) -> None:
    assert 'class="findings"' not in sign_in(world).get(NEW).content.decode()


def test_the_agent_chosen_decides_what_is_asked(world: World) -> None:
    text = "Acme has an offer."
    assert "no more calls" in type_in(world, text=text, agent=sales(world))
    assert "no more calls" not in type_in(world, text=text, agent=world.agent.public_id)


def test_the_language_chosen_decides_what_counts(world: World) -> None:
    said = {"text": "Acme. Sagen Sie Stopp, und wir rufen nie mehr an.", "agent": sales(world)}
    assert "no more calls" not in type_in(world, language="de-DE", **said)
    assert "no more calls" in type_in(world, language="en-US", **said)


def test_a_stray_brace_is_said_while_one_types(world: World) -> None:
    assert "Write a placeholder as {first_name}" in type_in(world, text="Acme {{x}}")


def test_new_words_of_a_greeting_are_read_too(world: World) -> None:
    url = f"/t/acme/greetings/{world.appointment.public_id}/revisions/new"
    assert UNNAMED in type_in(world, url, text="Hi there.")


def test_drafting_stays_allowed(world: World) -> None:
    typed = {"name": "Plain", "agent": "", "language": "en-US", "text": "Hi there."}
    assert sign_in(world).post(NEW, typed).status_code == 302
    assert Greeting.objects.get(name="Plain").reviews.get().decision == Review.OPEN


def test_an_owner_cannot_approve_and_reads_why(world: World) -> None:
    html = open_review(world, world.draft("Hi there."))
    assert UNNAMED in html
    assert "These words cannot be approved" in html
    assert 'value="approved"' not in html
    assert 'value="changes_requested"' in html


def test_advice_leaves_the_decision_open(world: World) -> None:
    html = open_review(world, world.draft("Acme here, or www.acme.example."))
    assert "Advice." in html
    assert 'value="approved"' in html


def test_an_approval_sent_all_the_same_is_refused(world: World) -> None:
    draft = world.draft("Hi there.")
    answer = decide(world, draft, "approved")
    assert answer.status_code == 422
    assert UNNAMED in words(answer.content)
    assert draft.reviews.get().decision == Review.OPEN


def test_changes_can_be_asked_for(world: World) -> None:
    assert decide(world, world.draft("Hi there."), "changes_requested").status_code == 302


@pytest.mark.parametrize("who", ["bob", "alice", "aurel"])
def test_everybody_reads_it_on_the_greeting(world: World, who: str) -> None:
    draft = world.draft("Hi there.")
    assert UNNAMED in words(sign_in(world, who).get(f"/t/acme/greetings/{draft.public_id}").content)


def test_a_decided_review_is_not_read_again(world: World) -> None:
    assert 'class="findings"' not in open_review(world, world.appointment)


def test_a_finding_has_its_tone_and_its_piece() -> None:
    found = [Finding("a", STOPS, "Stop.", 3, 7), Finding("b", ADVICE, "Think.")]
    lines = lines_of(found, "An odd word.")
    assert [(x.tone, x.icon, x.piece) for x in lines] == [
        ("stop", "cross", "odd "),
        ("info", "info", ""),
    ]


def test_a_piece_the_sentence_quotes_is_not_said_twice() -> None:
    (line,) = lines_of([Finding("a", STOPS, "“odd” is odd.", 3, 6)], "An odd word.")
    assert line.piece == ""
