"""Who may do what: one table for people and keys alike (DESIGN 7). Pure.

Permissions and key scopes are the same words, so a screen, an endpoint and a verb ask one question.
"""

SUPPORT, OWNER, ADMIN, AUDITOR = "support", "owner", "admin", "auditor"

ROLE_CHOICES = [
    (SUPPORT, "Support"),
    (OWNER, "Business owner"),
    (ADMIN, "Admin"),
    (AUDITOR, "Auditor"),
]

# Naming a version of an agent that is not published yet; naming the published one takes nothing more.
CHOOSE = "versions:choose"

_WORKING = frozenset(
    {"calls:write", "calls:read", "greetings:write", "dnc:write", "consent:write", "pause:write"}
)

PERMISSIONS: dict[str, frozenset[str]] = {
    SUPPORT: _WORKING,
    OWNER: _WORKING | {"calls:cancel", "greetings:approve", "launch:approve", "dnc:lift", CHOOSE},
    ADMIN: _WORKING
    | {"calls:cancel", "dnc:lift", "setup:read", "setup:write", "keys:write", CHOOSE},
    AUDITOR: frozenset({"calls:read", "setup:read"}),
}

# Held by whoever runs the installation, and by admin keys, for what is no single tenant's; no role and no
# runtime key has it.
PLATFORM = "platform:write"

# What a runtime key may be given; the admin key's own surface is separate (CONTRACT 1).
RUNTIME_SCOPES = (
    "calls:write",
    "calls:read",
    "dnc:write",
    "consent:write",
    "webhooks:write",
    CHOOSE,
)


def permissions_of(role: str) -> frozenset[str]:
    """Everything a member with this role may do; an unknown role may do nothing."""
    return PERMISSIONS.get(role, frozenset())
