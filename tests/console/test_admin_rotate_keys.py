"""Keys in the admin: rotated, given other scopes, and what would break without one is said before it ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from calls.tenants.models import ApiKey
from tests.api.program import Program
from tests.audit.entries import told
from tests.console.administrators import act, admin_of_acme, globex_key, list_url, platform, url
from tests.console.signed_in import words
from tests.database.rows import again, change
from tests.world import NOW, SEED, World

SPELLED = re.compile(r"gl_(?:test|live|admin)_\w{58}")


def ask(client: Client, *keys: ApiKey, action: str = "rotate") -> str:
    """The question before an act."""
    posted = {"action": action, "_selected_action": [str(key.pk) for key in keys]}
    return words(client.post(list_url(ApiKey), posted, follow=True).content)


def rotate(client: Client, key: ApiKey, hours: Any = 24) -> Any:
    return act(client, key, "rotate", overlap_hours=str(hours))


def opens(key: str) -> bool:
    return bool(Program(key).read("call-logs").status_code == 200)


def test_the_new_key_is_shown_once_and_both_open(world: World) -> None:
    answer = rotate(admin_of_acme(world), world.runtime_key)
    found = SPELLED.search(words(answer.content))
    assert found and opens(found[0]) and opens(world.key)
    assert "no-store" in answer["Cache-Control"]
    assert f"It came in place of Shop ({world.runtime_key.key_id}), which goes on until" in words(
        answer.content
    )


def test_without_an_overlap_the_old_one_ends(world: World) -> None:
    html = words(rotate(admin_of_acme(world), world.runtime_key, 0).content)
    assert "which opens nothing any more" in html
    assert not opens(world.key)


def test_it_is_done_under_the_admins_name(world: World) -> None:
    rotate(admin_of_acme(world), world.runtime_key)
    assert told(world.runtime_key, "key.rotated")[0] == "Ada"


def test_the_question_says_what_would_break(world: World) -> None:
    Program(world.key).place(reference="now")
    html = ask(admin_of_acme(world), world.runtime_key)
    assert "1 call asked for in 24 hours, 1 in 7 days" in html
    assert "1 call waits" in html
    assert "POST /api/v1/make-call (calls:write): at least 1 times in 7 days, last" in html
    assert 'name="overlap_hours" value="24"' in html
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("action", ["revoke", "revoke_leaked"])
def test_so_does_the_question_before_it_ends(world: World, action: str) -> None:
    Program(world.key).read("call-logs")
    html = ask(admin_of_acme(world), world.runtime_key, action=action)
    assert "GET /api/v1/call-logs (calls:read): at least 1 times" in html


def test_and_its_own_page(world: World) -> None:
    client = admin_of_acme(world)
    assert "Not used in the last 7 days." in words(client.get(url(world.runtime_key)).content)
    Program(world.key).read("call-logs")
    html = words(client.get(url(world.runtime_key)).content)
    assert "GET /api/v1/call-logs (calls:read)" in html
    assert "127.0.0.0/24" in html


def test_of_an_admin_key_no_calls_are_counted(world: World) -> None:
    key, _ = tenants.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    html = words(platform().get(url(key)).content)
    assert "Not used in the last 7 days." in html
    assert "asked for in 24 hours" not in html


@pytest.mark.parametrize("hours", ["-1", "721", "", "soon"])
def test_an_overlap_that_cannot_be_is_asked_for_again(world: World, hours: str) -> None:
    html = words(rotate(admin_of_acme(world), world.runtime_key, hours).content)
    assert "errorlist" in html and "overlap_hours" in html
    assert ApiKey.objects.count() == 1


def test_twice_names_the_successor(world: World) -> None:
    client = admin_of_acme(world)
    rotate(client, world.runtime_key)
    assert "Rotate that one." in words(rotate(client, world.runtime_key).content)
    assert ApiKey.objects.count() == 2


def test_one_by_one(world: World) -> None:
    other = again(world.runtime_key, key_id="other")
    html = ask(admin_of_acme(world), world.runtime_key, other)
    assert "Rotate keys one by one" in html


def test_a_revoked_key_is_not_offered_it(world: World) -> None:
    client = admin_of_acme(world)
    assert "Rotate…" in words(client.get(url(world.runtime_key)).content)
    change(world.runtime_key, revoked_at=NOW)
    assert "Rotate…" not in words(client.get(url(world.runtime_key)).content)
    assert "revoked or expired" in words(rotate(client, world.runtime_key).content)


def test_a_foreign_key_is_not_rotated(world: World) -> None:
    row = globex_key(world)
    rotate(admin_of_acme(world), row)
    assert not ApiKey.objects.filter(replaces=row).exists()


def test_scopes_are_changed_on_its_page(world: World) -> None:
    client = admin_of_acme(world)
    assert client.post(url(world.runtime_key), {"scopes": ["calls:write"]}).status_code == 302
    assert not opens(world.key)
    after = {"scopes": ["calls:write"]}
    assert told(world.runtime_key, "key.scopes_changed")[0::2] == ("Ada", after)


@pytest.mark.parametrize("scopes", [[], ["keys:write"]])
def test_scopes_nobody_may_have_stand_at_their_field(world: World, scopes: list[str]) -> None:
    answer = admin_of_acme(world).post(url(world.runtime_key), {"scopes": scopes})
    assert "scopes" in answer.context["adminform"].form.errors
    assert not AuditEntry.objects.filter(verb="key.scopes_changed").exists()


def test_a_revoked_key_stays_as_it_was(world: World) -> None:
    change(world.runtime_key, revoked_at=NOW)
    answer = admin_of_acme(world).post(url(world.runtime_key), {"scopes": ["calls:read"]})
    assert answer.status_code == 403


def test_keys_worth_a_look(world: World) -> None:
    now, day = timezone.now(), timedelta(days=1)
    issued = {"created_at": now - 40 * day}
    change(world.runtime_key, **issued, last_used_at=now - 31 * day)
    for name, fields in {
        "never": issued,
        "young": {"created_at": now},
        "ending": {"created_at": now, "expires_at": now + 13 * day},
        "ended": issued | {"expires_at": now - day},
        "gone": issued | {"revoked_at": now},
        "busy": issued | {"last_used_at": now},
    }.items():
        blank: dict[str, Any] = {"last_used_at": None, "name": name, "key_id": name}
        again(world.runtime_key, **blank | fields)
    client = admin_of_acme(world)

    def listed(look: str) -> set[str]:
        rows = client.get(list_url(ApiKey), {"look": look}).context["cl"].queryset
        return set(rows.values_list("name", flat=True))

    assert listed("unused") == {"Shop", "never"}
    assert listed("ending") == {"ending"}
    assert len(listed("")) == 7
