"""What does the tenant know about this number?"""

from django.db.models import QuerySet

from calls.contacts.models import Contact
from calls.tenants.models import Tenant


def contact_of(tenant: Tenant, number: str) -> Contact | None:
    """What the tenant states about a number (E.164); None when it states nothing."""
    return Contact.objects.filter(tenant=tenant, number=number).first()


def contacts_of(tenant: Tenant, number: str = "") -> QuerySet[Contact]:
    """All the tenant states, or what it states about one number, the newest first."""
    rows = Contact.objects.filter(tenant=tenant)
    return (rows.filter(number=number) if number else rows).order_by("-id")
