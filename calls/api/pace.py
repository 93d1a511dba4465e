"""How many requests may somebody send in a minute, and when may they come back? Pure.

Everybody's minutes begin at seconds of their own, and whoever is refused is sent away for a little longer
than needed, each differently: so those who were refused do not all come back at once.
"""

import ipaddress
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from calls.lib.errors import Refusal

MINUTE = 60
SPREAD = 15  # seconds over which those who were refused come back
KEY, TENANT, ADDRESS = "key", "tenant", "address"

ADVICE = {
    KEY: "This key has sent all the requests it may send in a minute.",
    TENANT: "The programs of your tenant have sent all the requests they may send in a minute.",
    ADDRESS: "This address has sent all the requests it may send in a minute without a key in force.",
}


class RateLimited(Refusal):
    """Too many requests; none of this one was looked at, and its idempotency key is free."""

    code = "rate_limited"
    status = 429

    def __init__(self, share: "Share", retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"{ADVICE[share.kind]} Send it again in {retry_after} seconds, with the same Idempotency-Key.",
            per=share.kind,
            limit=share.most,
            retry_after=retry_after,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What a key, a tenant or an address may ask for in each of its minutes."""

    kind: str
    subject: str
    most: int

    def counter(self, at: float) -> str:
        """The name of the count of its minute at this second of the Unix clock."""
        return f"pace:{self.kind}:{self.subject}:{int(self._shifted(at) // MINUTE)}"

    def left(self, at: float) -> float:
        """Seconds until its next minute begins."""
        return MINUTE - self._shifted(at) % MINUTE

    def _shifted(self, at: float) -> float:
        return at + zlib.crc32(self.subject.encode()) % MINUTE


@dataclass(frozen=True, slots=True)
class Pace:
    """What the headers say, and why the request is refused if it is."""

    limit: int
    remaining: int
    refusal: RateLimited | None = None


def judge(shares: Sequence[Share], taken: Sequence[int], *, at: float, jitter: float) -> Pace:
    """Whether one more request fits each of these shares, of which so much is taken already.

    `jitter` is from 0 up to 1, by chance. The headers tell of the share with the least left.
    """
    full = [share for share, count in zip(shares, taken, strict=True) if count >= share.most]
    if full:
        last = max(full, key=lambda share: share.left(at))
        after = math.ceil(last.left(at)) + int(jitter * SPREAD)
        return Pace(last.most, 0, RateLimited(last, after))
    remaining, limit = min(
        (share.most - count - 1, share.most) for share, count in zip(shares, taken, strict=True)
    )
    return Pace(limit, remaining)


def neighbourhood(address: str) -> str:
    """Whom an address stands for: itself, or with IPv6 the /64 in which one machine has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = found.ipv4_mapped
    return str(found)
