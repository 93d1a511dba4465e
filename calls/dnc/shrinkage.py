"""Is a new copy of a registry so much smaller than ours that it is rather half a file? Pure."""

# Registries grow; between two copies nobody loses one number in ten.
_KEPT_PERCENT = 90


def has_shrunk(*, before: int, after: int) -> bool:
    """Whether `after` entries are too few to follow `before` ones unless somebody says it is right."""
    return after * 100 < before * _KEPT_PERCENT
