"""Which state of a call may follow which, and what each means to programs and to counts. Pure."""

HELD, QUEUED, DISPATCHING = "held", "queued", "dispatching"
UNKNOWN, NEEDS_HUMAN = "unknown", "needs_human"
PLACED, RINGING, IN_PROGRESS = "placed", "ringing", "in_progress"
COMPLETED, BUSY, NO_ANSWER, FAILED = "completed", "busy", "no_answer", "failed"
REFUSED, REJECTED, EXPIRED, CANCELED = "refused", "rejected", "expired", "canceled"

WAITING = (HELD, QUEUED)
CARRIED = (PLACED, RINGING, IN_PROGRESS)
ENDED_BY_CARRIER = frozenset({COMPLETED, BUSY, NO_ANSWER, FAILED, CANCELED})
TERMINAL = ENDED_BY_CARRIER | {REFUSED, REJECTED, EXPIRED}
# What still has to be asked about at the carrier.
UNFINISHED = (UNKNOWN, NEEDS_HUMAN, *CARRIED)
# What occupies a line of the carrier account, as far as we can tell.
IN_FLIGHT = (DISPATCHING, UNKNOWN, *CARRIED)

_ONWARD = frozenset(CARRIED) | ENDED_BY_CARRIER

MOVES: dict[str, frozenset[str]] = {
    "": frozenset({HELD, QUEUED, REFUSED}),
    HELD: frozenset({QUEUED, REFUSED, EXPIRED, CANCELED}),
    # PLACED: proof came late that its earlier request had placed it.
    QUEUED: frozenset({DISPATCHING, PLACED, REFUSED, EXPIRED, CANCELED}),
    DISPATCHING: _ONWARD | {QUEUED, UNKNOWN, REFUSED, REJECTED, EXPIRED},
    UNKNOWN: _ONWARD | {QUEUED, NEEDS_HUMAN},
    NEEDS_HUMAN: _ONWARD | {QUEUED},
    PLACED: frozenset({RINGING, IN_PROGRESS}) | ENDED_BY_CARRIER,
    RINGING: frozenset({IN_PROGRESS}) | ENDED_BY_CARRIER,
    IN_PROGRESS: ENDED_BY_CARRIER,
} | {state: frozenset() for state in sorted(TERMINAL)}

STATES = tuple(state for state in MOVES if state)

# The contract's words (CONTRACT 2): ours are finer, and both are shown side by side.
PUBLIC_STATUS = {
    HELD: "queued",
    QUEUED: "queued",
    DISPATCHING: "queued",
    UNKNOWN: "initiated",
    NEEDS_HUMAN: "initiated",
    PLACED: "initiated",
    RINGING: "ringing",
    IN_PROGRESS: "in-progress",
    COMPLETED: "completed",
    BUSY: "busy",
    NO_ANSWER: "no-answer",
    FAILED: "failed",
    REFUSED: "failed",
    REJECTED: "failed",
    EXPIRED: "canceled",
    CANCELED: "canceled",
}

# The bucket a call is counted in, one at a time. Completed calls split by who was reached.
WAITING_OUTCOME, UNDER_WAY, REACHED, VOICEMAIL = "waiting", "under_way", "reached", "voicemail"

OUTCOMES = (
    WAITING_OUTCOME,
    UNDER_WAY,
    REACHED,
    VOICEMAIL,
    NO_ANSWER,
    BUSY,
    FAILED,
    REJECTED,
    UNKNOWN,
    REFUSED,
    EXPIRED,
    CANCELED,
)
# Outcomes that mean a carrier took the call.
PLACED_OUTCOMES = (UNDER_WAY, REACHED, VOICEMAIL, NO_ANSWER, BUSY, FAILED)


def may_follow(before: str, after: str) -> bool:
    """Whether a call may move from `before` to `after`; a terminal state never changes."""
    return after in MOVES[before]


def outcome_of(state: str, disposition: str = "") -> str:
    """The bucket in which a call with this state and disposition is counted."""
    if state in WAITING or state == DISPATCHING:
        return WAITING_OUTCOME
    if state in CARRIED:
        return UNDER_WAY
    if state == NEEDS_HUMAN:
        return UNKNOWN
    if state == COMPLETED:
        return VOICEMAIL if disposition == "voicemail" else REACHED
    return state
