"""Several threads released at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

R = TypeVar("R")


def together(*works: Callable[[], R]) -> list[R | Exception]:
    """What each of them gave back, or raised, in their order."""
    barrier = threading.Barrier(len(works))

    def one(work: Callable[[], R]) -> R | Exception:
        try:
            barrier.wait(timeout=30)
            return work()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(one, works))


def elsewhere(work: Callable[[], R]) -> R:
    """What it gave back in another thread, on another connection, once that is committed."""
    (result,) = together(work)
    if isinstance(result, Exception):
        raise result
    return result


def failures(results: Sequence[object], *expected: type[Exception]) -> list[object]:
    """What was raised, and is none of the refusals a race may end in."""
    raised = [result for result in results if isinstance(result, Exception)]
    return [problem for problem in raised if not isinstance(problem, expected)]
