"""Does the canary speak to this callee? Always the same answer for the same share. Pure."""

import hashlib


def speaks_to(share: int, agent_id: str, e164: str) -> bool:
    """Whether a callee is among the `share` of a hundred; who is in stays in while the share grows.

    The agent is part of the draw, so that not always the same people are the first to hear news.
    """
    return bucket(agent_id, e164) < share


def bucket(agent_id: str, e164: str) -> int:
    """The callee's place among a hundred, 0 to 99."""
    digest = hashlib.sha256(f"{agent_id} {e164}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100
