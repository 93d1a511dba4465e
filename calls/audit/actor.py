"""Who is acting. Doors build one Actor; verbs, gates and audit entries read it. Pure."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, key or the system itself, with exactly the rights it holds right now.

    `may` holds permission names (`calls:write` …, see tenants/roles.py). `orgs` limits the actor to
    some business units; None means no limit. `request_id` ties the audit entry to the request.
    """

    kind: str
    id: str
    name: str
    may: frozenset[str] = field(default_factory=frozenset)
    orgs: frozenset[str] | None = None
    tenant_id: UUID | None = None
    request_id: str = ""

    def can(self, permission: str) -> bool:
        """Whether this actor holds the named permission."""
        return permission in self.may


def system(name: str) -> Actor:
    """The house itself at work, for example `system("dispatch")`: it holds no permissions to lend."""
    return Actor(kind="system", id=name, name=name)
