"""Check that no audit entry was changed, deleted, moved or cut off since it was written."""

from calls.audit.models import AuditEntry
from calls.management.proof import ProofCommand


class Command(ProofCommand):
    """`manage.py verify_audit [--tenant slug]`."""

    help = "Check the chains of the audit log against themselves and their anchors."
    table = AuditEntry
