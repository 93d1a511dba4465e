"""Place one call: claim, commit the intent, ask the carrier once, write down the answer.

Every step commits before the next one starts, so a crash anywhere leaves a row that says how far we were.
"""

import time
from collections.abc import Callable
from uuid import UUID

from calls.carriers.base import Answer, Evidence, carrier_for
from calls.dispatch import actions, queries
from calls.lib import cut
from calls.lib.secrets import Undecryptable
from calls.routes.queries import access_to

# The lease must outlive the request's own limit (60 s) with room to write the result (RELIABILITY 2.1).
LEAST_LEASE_LEFT = 75.0
LEASE_SECONDS = actions.LEASE.total_seconds()
# The gates judge a ring that begins at once (R5.4): a verdict that waited longer for a lock is not acted on.
LONGEST_JUDGEMENT = 15.0


def dial(*, call_id: UUID, clock: Callable[[], float] = time.monotonic) -> bool:
    """Carry a due call out; False when it was not to be had. Never asks a carrier twice.

    `clock` tells seconds that nobody can set back; it guards against asking after the lease.
    """
    started = clock()
    claimed = actions.claim(call_id=call_id, now=queries.database_now())
    if claimed is None:
        return False
    cut.here("after_claim")
    time.sleep(max(0.0, (claimed.send_at - queries.database_now()).total_seconds()))
    judged = clock()
    intent = actions.intend(claimed=claimed, now=queries.database_now())
    if intent is None:
        return False
    cut.here("after_intent")
    asking = clock()
    lease_left = LEASE_SECONDS - (asking - started)
    if lease_left < LEAST_LEASE_LEFT or asking - judged > LONGEST_JUDGEMENT:
        answer = Answer(Evidence.NO_BYTE_SENT, reason="This worker was too slow to ask in time.")
    else:
        answer = _ask(intent)
    cut.here("after_response")
    actions.conclude(attempt_id=intent.attempt_id, answer=answer, now=queries.database_now())
    cut.here("after_result_commit")
    return True


def _ask(intent: actions.Intent) -> Answer:
    try:
        carrier = carrier_for(access_to(intent.account))
    except Undecryptable as problem:
        return Answer(Evidence.CREDENTIALS, reason=str(problem))
    except KeyError:
        return Answer(
            Evidence.NO_BYTE_SENT, reason="This installation cannot speak to the carrier."
        )
    return carrier.place(intent.request)
