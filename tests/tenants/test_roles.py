"""DESIGN 7, row by row: who may do what."""

import pytest

from calls.tenants import roles

# What it takes, and which roles hold it: support, owner, admin, auditor.
MATRIX = [
    ("calls:write", "place, schedule, cancel own; batches", "support owner admin"),
    ("calls:cancel", "cancel what a colleague asked for", "owner admin"),
    ("calls:cancel", "cancel calls of others", "owner admin"),
    ("calls:read", "read calls, numbers, receipts", "support owner admin auditor"),
    ("greetings:write", "draft greetings", "support owner admin"),
    ("greetings:approve", "approve greetings", "owner"),
    ("launch:approve", "complete launch gates", "owner"),
    ("dnc:write", "add to the do-not-call list", "support owner admin"),
    ("dnc:lift", "lift from the do-not-call list", "owner admin"),
    ("consent:write", "record and revoke consent, state a number's clock", "support owner admin"),
    ("setup:write", "change routes, agents, limits, members, webhooks", "admin"),
    ("setup:read", "read routes, agents, limits, members, webhooks", "admin auditor"),
    ("keys:write", "keys and carrier credentials", "admin"),
    ("versions:choose", "name a version that is not published yet", "owner admin"),
    ("pause:write", "pull the kill switch", "support owner admin"),
]


@pytest.mark.parametrize(("permission", "act", "holders"), MATRIX)
def test_a_permission_is_held_by_these_roles(permission: str, act: str, holders: str) -> None:
    held = {role for role, may in roles.PERMISSIONS.items() if permission in may}
    assert held == set(holders.split()), act


def test_every_permission_has_its_row() -> None:
    assert {name for may in roles.PERMISSIONS.values() for name in may} == {
        row[0] for row in MATRIX
    }


def test_every_role_can_be_given_and_named() -> None:
    assert {role for role, _ in roles.ROLE_CHOICES} == set(roles.PERMISSIONS)


@pytest.mark.parametrize("role", ["", "root", "Owner", "superuser"])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert roles.permissions_of(role) == frozenset()


def test_no_program_can_be_given_what_takes_a_person() -> None:
    for permission in (
        *(
            "greetings:approve",
            "greetings:write",
            "launch:approve",
            "dnc:lift",
            "keys:write",
        ),
    ):
        assert permission not in roles.RUNTIME_SCOPES
