"""Check that no receipt was changed, deleted, moved or cut off since it was written."""

from calls.management.proof import ProofCommand
from calls.records.models import Receipt


class Command(ProofCommand):
    """`manage.py verify_receipts [--tenant slug]`."""

    help = "Check the chains of receipts against themselves and their anchors."
    table = Receipt
