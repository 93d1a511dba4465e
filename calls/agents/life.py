"""Which state of an agent's version may follow which? Pure."""

DRAFT, STAGED, PUBLISHED, RETIRED = "draft", "staged", "published", "retired"
STATES = (DRAFT, STAGED, PUBLISHED, RETIRED)

FOLLOWS = {
    DRAFT: {STAGED, RETIRED},
    STAGED: {PUBLISHED, RETIRED},
    PUBLISHED: {RETIRED},
    RETIRED: {PUBLISHED},
}


def may_follow(before: str, after: str, *, is_sandbox: bool = False) -> bool:
    """Whether a version may go from one state to the other; sandboxes may publish a draft at once."""
    return after in FOLLOWS[before] or (is_sandbox and (before, after) == (DRAFT, PUBLISHED))


def may_return(state: str, *, was_published: bool) -> bool:
    """Whether one may roll back to a version: it was in use before, and is not now."""
    return was_published and state == RETIRED
