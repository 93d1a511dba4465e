"""Counts, folded from the history of calls."""

from uuid import UUID

from django.db import models

from calls.lib.rows import Row

NO_VERSION = UUID(int=0)


class HourlyStat(Row):
    """How many calls asked for in one hour stand in one outcome, per route and agent version.

    A call is counted in exactly one outcome at a time, so sums never count it twice. `reason` splits
    refused calls by the gate's code; an agent version of zero stands for "none".
    """

    tenant_id = models.UUIDField()
    hour = models.DateTimeField()
    route_id = models.UUIDField()
    agent_version_id = models.UUIDField(default=NO_VERSION)
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=40, blank=True)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "hour", "route_id", "agent_version_id", "outcome", "reason"],
                name="hourlystat_one_per_bucket",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.outcome} at {self.hour:%Y-%m-%d %H:00}"
