"""Launch gates on the screen: evidence filed, completed by a second person, taken back with a reason."""

import pytest

from calls.agents.queries import missing_gates
from tests.agents.steps import add, complete, file, launch
from tests.console.signed_in import sign_in, words
from tests.database.rows import change
from tests.world import World


def path(world: World, more: str = "") -> str:
    return f"/t/acme/agents/{world.agent.public_id}/versions/{world.version.public_id}{more}"


def page(world: World, who: str, more: str = "") -> str:
    return words(sign_in(world, who).get(path(world, more)).content)


def send(world: World, who: str, more: str, **fields: str) -> tuple[int, str]:
    answer = sign_in(world, who).post(path(world, more), fields, follow=True)
    status = answer.redirect_chain[0][1] if answer.redirect_chain else answer.status_code
    return status, words(answer.content)


def filed(world: World, who: str = "ada", **fields: str) -> tuple[int, str]:
    given = {"evidence": "Pen test, no findings.", "owner": world.members["bob"].public_id}
    return send(world, who, "/launch-gates/security", **given | fields)


def test_all_four_are_shown_with_what_they_ask(world: World) -> None:
    html = page(world, "bob")
    for label in ("Security", "Behaviour", "Operations", "Rollout"):
        assert f"<h3>{label}</h3>" in html
    assert html.count("</svg>Missing</span>") == 4


@pytest.mark.parametrize("who", ["ada", "alice"])
def test_evidence_is_filed(world: World, who: str) -> None:
    status, html = filed(world, who)
    assert status == 302
    assert "Pen test, no findings." in html
    assert f"Filed by {world.user(who)}" in html
    assert "Bob answers for it" in html


@pytest.mark.parametrize(("field", "value"), [("evidence", ""), ("owner", ""), ("owner", "mb_1")])
def test_what_is_missing_is_told(world: World, field: str, value: str) -> None:
    assert filed(world, **{field: value})[0] == 422


def test_who_left_is_not_offered(world: World) -> None:
    change(world.members["bob"], ended_at=world.agent.created_at)
    html = page(world, "ada", "/launch-gates/security")
    assert "Olga" in html
    assert ">Bob<" not in html


def test_an_owner_completes_it(world: World) -> None:
    file(world, world.version)
    assert path(world, "/launch-gates/security/completion") in page(world, "alice")
    status, html = send(world, "alice", "/launch-gates/security/completion")
    assert status == 302
    assert "Security is complete." in html
    assert "Completed by Alice" in html


def test_their_own_evidence_is_not_offered_to_them(world: World) -> None:
    file(world, world.version, by="alice")
    html = page(world, "alice")
    assert "/completion" not in html
    assert "You filed this evidence, so someone else has to accept it." in html


def test_sent_all_the_same_it_is_refused(world: World) -> None:
    file(world, world.version, by="alice")
    html = send(world, "alice", "/launch-gates/security/completion")[1]
    assert "You filed this evidence" in html
    assert "security" in missing_gates(world.version)


@pytest.mark.parametrize("who", ["bob", "aurel", "ada"])
def test_nobody_else_is_offered_to_complete(world: World, who: str) -> None:
    file(world, world.version, by="olga")
    assert "/completion" not in page(world, who)


@pytest.mark.parametrize("who", ["bob", "aurel"])
def test_readers_are_offered_nothing(world: World, who: str) -> None:
    launch(world, world.version, "security")
    assert "/launch-gates/" not in page(world, who)


def test_new_evidence_says_that_it_takes_the_completion_back(world: World) -> None:
    launch(world, world.version, "security")
    html = page(world, "ada", "/launch-gates/security")
    assert "New evidence takes the completion back" in html
    assert filed(world)[0] == 302
    assert "security" in missing_gates(world.version)


def test_a_completion_is_taken_back(world: World) -> None:
    launch(world, world.version, "security")
    assert "The completion is taken back" in page(world, "olga", "/launch-gates/security/reopening")
    status, html = send(world, "olga", "/launch-gates/security/reopening", reason="Other build.")
    assert status == 302
    assert "Security is open again." in html


def test_for_that_a_reason_is_demanded(world: World) -> None:
    launch(world, world.version, "security")
    assert send(world, "olga", "/launch-gates/security/reopening", reason="")[0] == 422
    assert "security" not in missing_gates(world.version)


def test_for_real_people_it_says_how_many_calls_it_stops(world: World) -> None:
    world.place()
    launch(world, world.version)
    change(world.acme, mode="live")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.access.is_mfa_enabled", lambda user: True)
        html = page(world, "olga", "/launch-gates/security/reopening")
    assert "one waiting call is affected" in html


def test_there_is_nothing_to_take_back_before(world: World) -> None:
    html = page(world, "olga", "/launch-gates/security/reopening")
    assert "there is nothing to take back" in html
    assert "</svg>Reopen the gate</button>" not in html


def test_a_fifth_gate_is_not_found(world: World) -> None:
    assert sign_in(world, "ada").get(path(world, "/launch-gates/marketing")).status_code == 404


def test_who_made_the_version_is_told_to_ask_another(world: World) -> None:
    version = add(world)
    change(version, created_by=world.user("alice"))
    file(world, version)
    url = path(world).replace(world.version.public_id, version.public_id)
    html = words(sign_in(world, "alice").get(url).content)
    assert "You made this version, so someone else has to accept it." in html
    assert complete(world, version, by="olga").is_complete
