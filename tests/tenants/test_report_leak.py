"""Whoever holds a key may end it: it is revoked as leaked, and the answer tells nobody what it opened."""

from datetime import timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.lib.errors import BadField
from calls.tenants import actions, keys, scope
from calls.tenants.models import ApiKey
from tests.audit.entries import told
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)


def report(key: str, **fields: Any) -> ApiKey | None:
    return actions.report_leak(presented=key, **{"now": NOW} | fields)


def test_a_key_in_force_ends_as_leaked(world: World) -> None:
    key = report(f" {world.key}\n", source="https://paste.example/1", request_id="req-12345678")
    assert key is not None
    assert (key.revoked_at, key.leaked_at, key.tell_leak_at) == (NOW, NOW, NOW)
    assert scope.get_key(presented=world.key, now=NOW) is None
    after = {"leaked": True, "source": "https://paste.example/1"}
    assert told(key, "key.revoked") == ("leak report", {}, after)
    assert AuditEntry.objects.get(verb="key.revoked").request_id == "req-12345678"


def test_a_key_that_was_revoked_before_leaked_all_the_same(world: World) -> None:
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    key = report(world.key, now=LATER)
    assert key is not None
    assert (key.revoked_by, key.leaked_at, key.tell_leak_at) == ("Ada", LATER, LATER)


def test_the_second_report_changes_nothing(world: World) -> None:
    report(world.key)
    assert report(world.key, now=LATER) is None
    assert ApiKey.objects.get().leaked_at == NOW
    assert AuditEntry.objects.filter(verb="key.revoked").count() == 1


def test_a_key_nobody_issued_changes_nothing(world: World) -> None:
    before = AuditEntry.objects.count()
    assert report(keys.mint("test")[0]) is None
    assert (ApiKey.objects.get().leaked_at, AuditEntry.objects.count()) == (None, before)


def test_the_id_of_a_key_is_not_the_key(world: World) -> None:
    """Ids stand in lists; whoever knows one cannot end the key."""
    beginning = f"gl_test_{world.runtime_key.key_id}_" + "A" * 43
    assert report(beginning + keys._checksum(beginning)) is None
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize("text", ["", "gl_test_", "sk_live_abc", "gl_test_AAAAAAAA_" + "A" * 49])
def test_what_is_no_key_is_said_to_be_none(
    world: World, text: str, django_assert_num_queries: Any
) -> None:
    with (
        pytest.raises(BadField) as refused,
        django_assert_num_queries(2),
    ):  # a savepoint and its end
        report(text)
    assert (refused.value.field, refused.value.field_code) == ("key", "no_key")


def test_a_key_in_the_words_about_it_is_not_kept(world: World) -> None:
    report(world.key, source=f"env: KEY={world.key};")
    kept = AuditEntry.objects.get(verb="key.revoked").after["source"]
    assert kept == f"env: KEY=gl_test_{world.runtime_key.key_id}_…;"
