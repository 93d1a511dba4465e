"""A new hook address with new secrets: the old ones end at once."""

from calls.lib.signing import new_secret
from calls.routes import actions, queries
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to
from tests.audit.entries import entry
from tests.world import HOOK_TOKEN, NOW, World

OLD, NEW = new_secret(), new_secret()


def point(world: World, token: str = "fresh-token", *secrets: str) -> CarrierAccount:
    return actions.point_hooks(
        account=world.account,
        base_url="http://127.0.0.1:8010",
        token=token,
        hook_secrets=secrets,
        actor=world.ada,
        now=NOW,
    )


def by_token(token: str) -> CarrierAccount | None:
    return CarrierAccount.objects.filter(hook_token_sha256=queries.hash_hook_token(token)).first()


def test_the_old_token_leads_nowhere(world: World) -> None:
    assert by_token(HOOK_TOKEN) == world.account
    point(world)
    assert (by_token(HOOK_TOKEN), by_token("fresh-token")) == (None, world.account)


def test_two_secrets_may_be_valid_in_their_order(world: World) -> None:
    access = access_to(point(world, "t", OLD, NEW))
    assert (access.base_url, access.signing_secrets) == ("http://127.0.0.1:8010", (OLD, NEW))


def test_it_is_stored(world: World) -> None:
    point(world, "t", NEW)
    stored = CarrierAccount.objects.get(pk=world.account.pk)
    assert access_to(stored).signing_secrets == (NEW,)
    assert NEW not in repr(stored.sealed_hook_secrets)


def test_it_is_on_record_without_token_and_secret(world: World) -> None:
    found = entry(point(world, "secret-token", NEW), "account.hooks_pointed")
    assert (found.actor_name, found.before, found.after) == ("Ada", {}, {})


def test_a_token_is_kept_as_its_digest() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert queries.hash_hook_token("") == empty
    assert queries.hash_hook_token("a") != queries.hash_hook_token("A")
