"""Were these words approved, and for a call like this one? Pure."""

import re
from dataclasses import replace

from calls.policy.facts import Facts


def problem_with_words(facts: Facts) -> str:
    """Why these words may not be spoken in this call, as a sentence; empty when they may."""
    greeting = facts.greeting
    if greeting.problem:
        return greeting.problem
    if greeting.approved_at is None:
        return "Nobody has approved these words. Choose an approved greeting."
    if greeting.withdrawn_at is not None:
        return "The approval of these words was withdrawn. Choose another greeting."
    if greeting.valid_until is not None and greeting.valid_until <= facts.due:
        return "The approval of these words ends before the call. Ask an owner to renew it."
    if not greeting.hash_matches:
        return "These words, their language or agent changed after the approval. Ask for a review."
    if not greeting.fits_agent:
        return f"This greeting belongs to another agent than {facts.agent.key}."
    if greeting.org and greeting.org != facts.org:
        call = f"this call is for {facts.org}" if facts.org else "this call is for no business unit"
        return (
            f"These words are for {greeting.org} alone, and {call}. Choose a greeting for all, or call"
            f" from a caller ID of {greeting.org}."
        )
    if _differ(greeting.language, facts.agent.language):
        return (
            f"These words are in {greeting.language}, and {facts.agent.key} speaks"
            f" {facts.agent.language}. Choose a greeting in {facts.agent.language}."
        )
    return ""


def as_if_approved(facts: Facts) -> Facts:
    """The same call, had its words just been approved: what else stands in its way?

    Words about which somebody has decided stay as they were decided.
    """
    if facts.greeting.approved_at is not None:
        return facts
    return replace(facts, greeting=replace(facts.greeting, approved_at=facts.now))


def _differ(one: str, other: str) -> bool:
    """Whether two language tags cannot mean the same speech; what a tag leaves open fits everything.

    Regions count where both are stated: a voice of Spain reading Mexican words is not what was approved.
    """
    (language, region), (other_language, other_region) = _subtags(one), _subtags(other)
    if not language or not other_language:
        return False
    return language != other_language or bool(region and other_region and region != other_region)


def _subtags(tag: str) -> tuple[str, str]:
    """The language and the region of a tag: es-MX, es-Latn-MX, es-419; either may be empty."""
    first, *rest = tag.strip().lower().replace("_", "-").split("-")
    regions = (part for part in rest if re.fullmatch("[a-z]{2}|[0-9]{3}", part))
    return first, next(regions, "")
