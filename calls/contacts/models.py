"""What a tenant knows about a number better than its digits tell."""

from django.db import models
from django.db.models import Q

from calls.tenants.models import TenantRow


class Contact(TenantRow):
    """The clock a number lives by, or the jurisdiction, as the tenant states it, with its source.

    A stated zone takes the place of the zones of the prefix; a stated jurisdiction applies beside the
    number's own (RELIABILITY R5.2).
    """

    PREFIX = "ct_"

    number = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64, blank=True)
    jurisdiction = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=200)
    stated_by = models.CharField(max_length=200)
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="contact_one_per_number"),
            models.CheckConstraint(condition=~Q(source=""), name="contact_has_source"),
        ]

    def __str__(self) -> str:
        return self.time_zone or self.jurisdiction
