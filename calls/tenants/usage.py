"""What is kept of a key's use: little, and seldom. Pure but for what waits in this process.

A busy key is used a thousand times a minute; a row written each time would be the busiest of all.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

SELDOM = timedelta(seconds=60)
MOST_REMEMBERED = 10_000


class Waiting(NamedTuple):
    """Uses that are not written down yet, and since when."""

    written_at: datetime
    uses: int


class Uses:
    """Counts uses of a key at an endpoint until they are due to be written."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[UUID, str], Waiting] = {}

    def take(self, key_id: UUID, endpoint: str, now: datetime) -> int:
        """How many uses to write down now, this one included; 0 while a minute is not over."""
        found = self._waiting.get((key_id, endpoint))
        if found and timedelta(0) <= now - found.written_at < SELDOM:
            self._waiting[key_id, endpoint] = found._replace(uses=found.uses + 1)
            return 0
        if len(self._waiting) >= MOST_REMEMBERED:
            self._waiting.clear()
        self._waiting[key_id, endpoint] = Waiting(now, 0)
        return (found.uses if found else 0) + 1


def network_of(address: str) -> str:
    """Where a request came from without the part that names a machine: `203.0.113.0/24`, or empty."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    kept = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, kept), strict=False))
