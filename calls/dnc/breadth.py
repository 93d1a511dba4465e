"""How much of a country may one entry stop? Pure.

A beginning of numbers forbids all that begin so; `+1` alone would be every call to North America.
"""

from calls.lib import phone

# Digits after the country code: a person who may lift the entry again sees what it hits; a key does not.
LEAST_TO_LIFT, LEAST = 3, 4
_LONGEST_CODE = 3


def is_too_wide(beginning: str, *, least: int) -> bool:
    """Whether a beginning (`+1212`) has fewer than `least` digits after its country code."""
    code = len(phone.country_code_of(beginning)) or _LONGEST_CODE
    return len(beginning) - len("+") - code < least
