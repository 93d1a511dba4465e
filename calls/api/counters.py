"""Counts in the cache that every process shares: one round trip, right for all of them at once.

A cache that does not answer stops nobody: `take` then says so, and is not asked again for some seconds.
"""

import logging
import threading
import time
from collections.abc import Mapping

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

LEFT_ALONE = 5.0  # seconds in which a cache that did not answer is not asked

# Adds one to each count, or to none if one of them is full; gives the counts as they were before.
SCRIPT = """
local taken, room = {}, true
for i, name in ipairs(KEYS) do
  taken[i] = tonumber(redis.call('GET', name) or '0')
  room = room and taken[i] < tonumber(ARGV[i + 1])
end
if room then
  for _, name in ipairs(KEYS) do
    redis.call('INCR', name)
    redis.call('EXPIRE', name, ARGV[1])
  end
end
return taken
"""


class Ask:
    """When a cache that was silent may be asked again: by one request, before the others follow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silent_until = 0.0

    def may(self) -> bool:
        """Whether to ask now; of those who come when the silence is over, one asks."""
        with self._lock:
            now = time.monotonic()
            if self._silent_until and now < self._silent_until:
                return False
            if self._silent_until:
                self._silent_until = now + LEFT_ALONE
            return True

    def answered(self) -> None:
        """All may ask again."""
        with self._lock:
            self._silent_until = 0.0

    def was_silent(self) -> None:
        """Nobody asks for a while."""
        with self._lock:
            self._silent_until = time.monotonic() + LEFT_ALONE


asking = Ask()


def take(ceilings: Mapping[str, int], *, seconds: int) -> list[int] | None:
    """Add one to each of these counts if all are below their ceilings; the counts before, or None.

    None means that nobody counts at the moment. A count is forgotten `seconds` after it last grew.
    """
    if not asking.may():
        return None
    try:
        taken = _take(ceilings, seconds)
    except Exception as problem:  # noqa: BLE001 - whatever a client of a cache may raise
        asking.was_silent()
        log.warning("requests are not counted", extra={"problem": type(problem).__name__})
        return None
    asking.answered()
    return taken


def _take(ceilings: Mapping[str, int], seconds: int) -> list[int]:
    cache = caches["default"]
    if isinstance(cache, RedisCache):
        return _in_redis(cache, ceilings, seconds)
    found = cache.get_many(ceilings)
    taken = [int(found.get(name, 0)) for name in ceilings]
    if all(count < most for count, most in zip(taken, ceilings.values(), strict=True)):
        for name in ceilings:
            cache.add(name, 0, seconds)
            cache.incr(name)
    return taken


def _in_redis(cache: RedisCache, ceilings: Mapping[str, int], seconds: int) -> list[int]:
    client = cache._cache.get_client(write=True)
    names = [cache.make_key(name) for name in ceilings]
    script = client.register_script(SCRIPT)
    return [int(count) for count in script(keys=names, args=[seconds, *ceilings.values()])]
