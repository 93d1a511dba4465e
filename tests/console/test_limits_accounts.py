"""A carrier account that is paused stands among the kill switches, with its reason and who resumes it."""

from calls.routes import actions as routes
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, SEED, World

PAGE = "/t/acme/rules/limits"
WHY = "The carrier rejected our credentials."


def page(world: World, who: str) -> str:
    with at():
        return words(sign_in(world, who).get(PAGE).content)


def pause(world: World) -> None:
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason=WHY)


def test_it_says_why_and_who_resumes_it(world: World) -> None:
    pause(world)
    html = page(world, "bob")
    assert "Sandbox of Acme" in html and "Carrier account" in html and WHY in html
    assert "An admin resumes it in the administration" in html
    assert "/admin/calls/carrieraccount/" not in html


def test_whoever_gets_into_the_administration_is_led_there(world: World) -> None:
    pause(world)
    html = page(world, "ada")
    assert f"/admin/calls/carrieraccount/{world.account.pk}/change/" in html


def test_one_that_works_is_no_switch(world: World) -> None:
    assert "Carrier account" not in page(world, "ada")


def test_another_tenants_is_not_shown(world: World) -> None:
    pause(world)
    with at():
        html = words(sign_in(world, "charlie").get("/t/globex/rules/limits").content)
    assert WHY not in html
