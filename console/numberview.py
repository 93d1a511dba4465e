"""What the page of one number says: the gates' answer in a headline, and what is on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from calls.lib import phone
from calls.lib.errors import BadField
from calls.placing import actions as placing
from calls.placing.ask import NEXT_ALLOWED
from calls.placing.dossier import Dossier, dossier_of
from calls.placing.openings import next_opening
from console import verdict
from console.access import TenantRequest
from console.call_form import AT
from console.lookup_form import LookupForm


@dataclass(frozen=True, slots=True)
class Answer:
    """May this number be called at `now`? Without a `preview`, the `problem` says why no call is meant."""

    now: datetime
    preview: placing.Preview | None
    opens_at: datetime | None = None
    problem: str = ""

    @property
    def later(self) -> datetime | None:
        """From when it may be called, where that is not now."""
        return self.opens_at if self.opens_at and self.opens_at > self.now else None


def answer_to(request: TenantRequest, form: LookupForm) -> Answer:
    """What `preview_call` says to the call the form describes, and from when it would say yes."""
    # The question is about the number, not about who looks: an auditor, who may place no call, reads
    # what somebody with the right would be told. The business units stay the viewer's own.
    asking = replace(request.actor, may=request.actor.may | {"calls:write"})
    who: dict[str, Any] = {
        "ask": form.ask(),
        "tenant": request.tenant,
        "actor": asking,
        "now": request.now,
    }
    try:
        preview = placing.preview_call(**who)
    except BadField as problem:
        return Answer(request.now, None, problem=problem.sentence)
    opens_at = next_opening(preview, **who)
    return Answer(request.now, _about_the_number(preview, request), opens_at)


def _about_the_number(preview: placing.Preview, request: TenantRequest) -> placing.Preview:
    """Without the gate that judges who looks, where it would say of the viewer what is not so."""
    if request.actor.can("calls:write"):
        return preview
    rest = tuple(v for v in preview.decision.verdicts if v.gate != "permission")
    return replace(preview, decision=replace(preview.decision, verdicts=rest))


def record_of(request: TenantRequest, number: phone.Number, *, most: int) -> Dossier:
    """What is on record, as far as this member may see it."""
    return dossier_of(request.tenant, number, orgs=request.actor.orgs, now=request.now, most=most)


def panel(answer: Answer, number: phone.Number, *, viewer_zone: str) -> dict[str, Any]:
    """The verdict panel of the page: the same part as beside a new call, what refuses first, with every sentence."""
    preview = answer.preview
    if preview is None:
        nothing = gettext("No call can be meant yet")
        return verdict.unasked(
            headline=nothing, detail=answer.problem, number=number, now=answer.now
        )
    shown = verdict.panel(preview, viewer_zone=viewer_zone, whole=True)
    if not preview.held:  # what is held says so itself
        shown["headline"] = _headline(answer, preview, viewer_zone)
        shown["detail"] = _detail(answer, preview)
    return shown | {
        "outcome": "wait" if answer.later else shown["outcome"],
        "next_at": answer.later,
        "at": answer.now,
        "gates": sorted(shown["gates"], key=lambda gate: bool(gate["verdict"] == "pass")),
        "words": "",
        "caller_id": "",
    }


def _headline(answer: Answer, preview: placing.Preview, viewer_zone: str) -> str:
    if answer.later:
        zones = verdict.clocks_of(preview.facts)
        words = verdict.clock_words(answer.later, zones, viewer_zone)
        return gettext("Not now, but from %s") % words
    if preview.decision.allowed:
        return gettext("May be called now")
    return gettext("Not at all, as things stand")


def _detail(answer: Answer, preview: placing.Preview) -> str:
    decision = preview.decision
    if decision.allowed and answer.later:
        return gettext("A call asked for now waits until then by itself.")
    if decision.allowed:
        return gettext("All %(n)d gates pass. They are asked again before it dials.") % {
            "n": len(decision.verdicts)
        }
    if answer.later:
        return decision.refusals[0].message
    blocks = sum(refusal.outcome == "block" for refusal in decision.refusals)
    words = ngettext(
        "%(n)d gate blocks it, and waiting does not help. What would help stands below it.",
        "%(n)d gates block it, and waiting does not help. What would help stands below each.",
        blocks,
    )
    return words % {"n": blocks}


def waiting_wish(answer: Answer) -> dict[str, str]:
    """How a new call has to be asked for to ring at the next opening; empty when there is none later."""
    if answer.preview is None or answer.later is None:
        return {}
    if {refusal.gate for refusal in answer.preview.decision.refusals} <= {"hours"}:
        return {"when": NEXT_ALLOWED}
    zones = verdict.clocks_of(answer.preview.facts)  # the same the form reads a time on
    zones = zones or (answer.preview.resolved.tenant.time_zone,)
    return {"when": AT, "at": wall_clock(answer.later, zones)}


def wall_clock(at: datetime, zones: Sequence[str]) -> str:
    """The time to write into the form of a call so that it rings no earlier than `at`.

    A time there means the latest of its readings on these clocks, so the earliest clock decides.
    """
    minute = at.replace(second=0, microsecond=0)
    minute += timedelta(minutes=1) if minute < at else timedelta(0)
    local = min(minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones)
    return f"{local:%Y-%m-%dT%H:%M}"


def caps_of(answer: Answer) -> list[dict[str, Any]]:
    """Every cap that counts this call, and when it has room again where it is full."""
    if answer.preview is None:
        return []
    facts = answer.preview.facts
    return [
        {"what": cap.what, "source": cap.source, "free_at": cap.free_at}
        for cap in (*facts.frequency, *facts.velocity)
    ]


def gate_says(answer: Answer, gate: str) -> str:
    """The sentence of one gate about this call; empty where it was not asked."""
    verdicts = answer.preview.decision.verdicts if answer.preview else ()
    return next((verdict.message for verdict in verdicts if verdict.gate == gate), "")


def answer_as_data(answer: Answer) -> dict[str, Any]:
    """The gates' answer for an export."""
    if answer.preview is None:
        return {"problem": answer.problem, "verdicts": []}
    verdicts = answer.preview.decision.verdicts
    return {
        "allowed": answer.preview.decision.allowed,
        "next_allowed_at": answer.opens_at,
        "rules_version": answer.preview.decision.rules_version,
        "verdicts": [v.as_json() | {"change": v.change} for v in verdicts],
    }
