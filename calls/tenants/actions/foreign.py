"""What somebody asked for that is another tenant's: kept in the asker's own log, and nowhere else."""

from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.tenants import foreign, scope
from calls.tenants.models import Tenant


@transaction.atomic
def note_foreign_id(*, named: str, tenant: Tenant, actor: Actor, now: datetime) -> str:
    """Keep that an id was named which is another tenant's; its kind, or empty for an id of nobody's.

    Asked only after it was not found, and told to nobody who asked. Raises NotFound.
    """
    scope.must_belong(actor, tenant.pk)
    kind = foreign.kind_of(named, tenant)
    if kind:
        audit.note(
            actor=actor,
            verb="security.foreign_id",
            target=tenant,
            tenant_id=tenant.pk,
            now=now,
            after={"kind": kind, "id": named},
        )
    return kind
