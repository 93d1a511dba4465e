"""The pages of a tenant in the order of work; a role does not see what it cannot use."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from calls.greetings.queries import open_reviews
from console.access import TenantRequest


@dataclass(frozen=True, slots=True)
class Page:
    """One entry: its label, the name of its URL, an icon, and the permission it needs."""

    label: str
    name: str
    icon: str
    permission: str = "calls:read"


PAGES = (
    Page("Overview", "overview", "chart"),
    Page("Calls", "calls", "list"),
    Page("Scheduled", "scheduled", "calendar"),
    Page("Numbers", "numbers", "number"),
    Page("Approvals", "approvals", "shield"),
    Page("Greetings", "greetings", "chat"),
    Page("Agents", "agents", "bot"),
    Page("Rules", "rules", "book"),
    Page("Developers", "developers", "code", "setup:read"),
)


def nav(request: TenantRequest, *, active: str) -> list[dict[str, Any]]:
    """The entries this member may open, `active` marked, what waits counted."""
    return [
        {
            "label": entry.label,
            "url": reverse(entry.name, args=[request.tenant.slug]),
            "icon": entry.icon,
            "active": entry.name == active,
            "badge": _waiting(request) if entry.name == "approvals" else "",
        }
        for entry in PAGES
        if request.actor.can(entry.permission)
    ]


def _waiting(request: TenantRequest) -> int | str:
    """How many reviews wait for this member; their own words never wait for them."""
    if not request.actor.can("greetings:approve"):
        return ""
    waiting = open_reviews(request.tenant, orgs=request.actor.orgs)
    return waiting.exclude(author=request.user).count() or ""
