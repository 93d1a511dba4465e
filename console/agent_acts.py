"""What can be done with a version: when, how it is asked for, and what it changes, said before the click."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.agents import actions, life
from calls.agents.launch import missing
from calls.agents.models import AgentVersion
from calls.records.queries import AgentUse
from console.agent_forms import ReasonForm, ShareForm
from console.agent_words import GATES, gates_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Act:
    """One step in the life of a version; its name is the noun in its address."""

    name: str
    title: "StrOrPromise"
    icon: str
    possible: Callable[[AgentVersion], bool]
    verb: Callable[..., AgentVersion]
    done: "StrOrPromise"
    kind: str = ""
    form: type[forms.Form] = forms.Form


def _may_publish(version: AgentVersion) -> bool:
    sandbox = version.agent.tenant.is_sandbox
    fresh = version.state in (life.DRAFT, life.STAGED)
    return fresh and life.may_follow(version.state, life.PUBLISHED, is_sandbox=sandbox)


def _may_return(version: AgentVersion) -> bool:
    return life.may_return(version.state, was_published=version.published_at is not None)


ACTS: Mapping[str, Act] = {
    act.name: act
    for act in (
        Act(
            "staging",
            _("Stage"),
            "stack",
            lambda version: life.may_follow(version.state, life.STAGED),
            actions.stage_version,
            _("%s is staged. Name its id on a call to try it."),
        ),
        Act(
            "publication",
            _("Publish"),
            "check",
            _may_publish,
            actions.publish_version,
            _("%s is published. Calls speak with it from now on."),
            kind="go",
        ),
        Act(
            "canary",
            _("Canary"),
            "person",
            lambda version: version.state == life.STAGED,
            actions.set_canary,
            _("The share of %s is set."),
            form=ShareForm,
        ),
        Act(
            "rollback",
            _("Roll back to this"),
            "refresh",
            _may_return,
            actions.roll_back,
            _("%s is published again. Calls speak with it from now on."),
            kind="go",
            form=ReasonForm,
        ),
        Act(
            "retirement",
            _("Retire"),
            "ban",
            lambda version: life.may_follow(version.state, life.RETIRED),
            actions.retire_version,
            _("%s is retired. It speaks to nobody from now on."),
            kind="stop",
        ),
    )
}
TAKES_OVER = ("publication", "rollback")


def possible_acts(version: AgentVersion) -> list[Act]:
    """What can be done with a version as it stands."""
    return [act for act in ACTS.values() if act.possible(version)]


def unlaunched(version: AgentVersion) -> str:
    """The launch gates that are not complete, as words for people; empty when all are."""
    done = [line.name for line in gates_of(version) if line.gate and line.gate.is_complete]
    return ", ".join(str(GATES[name][0]) for name in missing(done))


def is_blocked(act: Act, version: AgentVersion) -> bool:
    """Whether missing launch gates keep real people from hearing this version."""
    speaks = act.name in (*TAKES_OVER, "canary")
    return speaks and not version.agent.tenant.is_sandbox and bool(unlaunched(version))


def effects(
    act: Act, version: AgentVersion, published: AgentVersion | None, use: AgentUse
) -> list[dict[str, Any]]:
    """What the act changes, with numbers, as notices."""
    told = [_TELL[act.name](version, published, use)]
    named = _named_calls_lost(act, version, published, use)
    return [*told, *named, *_launch_notes(act, version)]


def _staging(version: AgentVersion, published: AgentVersion | None, use: AgentUse) -> Any:
    return _notice(
        "info",
        say("Nothing changes for calls yet"),
        say("It can be tried by naming its id on a call, and be given a share of callees."),
    )


def _canary(version: AgentVersion, published: AgentVersion | None, use: AgentUse) -> Any:
    title = say("%d of 100 callees hear it now") % version.canary_share
    text = say(
        "The others hear the published version. Waiting calls are drawn when they are dialled."
    )
    return _notice("info", title, f"{text} {_waiting(use)}")


def _taking_over(version: AgentVersion, published: AgentVersion | None, use: AgentUse) -> Any:
    text = say("Every call that names no version speaks with version %d from now on.")
    words = [text % version.number]
    if published:
        words.append(say("Version %d is retired.") % published.number)
    return _notice("info", _waiting(use), " ".join(words))


def _retirement(version: AgentVersion, published: AgentVersion | None, use: AgentUse) -> Any:
    if version.state == life.PUBLISHED:
        title = ngettext(
            "%d waiting call will be refused", "%d waiting calls will be refused", use.waiting
        )
        text = say(
            "The agent then has no published version: its calls are refused until it has one."
        )
        return _notice("stop", title % use.waiting, text)
    if version.canary_share:
        text = say("Its %d of 100 callees hear the published version again.")
        return _notice("info", say("The canary ends"), text % version.canary_share)
    return _notice("info", say("Nothing changes for calls"), say("It is kept in the history."))


_TELL = {
    "staging": _staging,
    "canary": _canary,
    "publication": _taking_over,
    "rollback": _taking_over,
    "retirement": _retirement,
}


def _waiting(use: AgentUse) -> str:
    if not use.waiting:
        return say("No call waits for this agent.")
    text = ngettext("%d waiting call is affected.", "%d waiting calls are affected.", use.waiting)
    return text % use.waiting


def _named_calls_lost(
    act: Act, version: AgentVersion, published: AgentVersion | None, use: AgentUse
) -> list[dict[str, Any]]:
    """Waiting calls that name exactly the version that is retired by this act."""
    goes = version if act.name == "retirement" else published if act.name in TAKES_OVER else None
    n = use.named.get(goes.pk, 0) if goes else 0
    if not goes or not n:
        return []
    title = ngettext(
        "%d waiting call names version %d and will be refused",
        "%d waiting calls name version %d and will be refused",
        n,
    )
    return [
        _notice("stop", title % (n, goes.number), say("Place them again with another version."))
    ]


def _launch_notes(act: Act, version: AgentVersion) -> list[dict[str, Any]]:
    names = unlaunched(version)
    if not names or act.name not in (*TAKES_OVER, "canary"):
        return []
    if is_blocked(act, version):
        text = say("Not complete: %s. File the evidence, and ask an owner to complete them.")
        return [_notice("stop", say("Live calls need all four launch gates"), text % names)]
    text = say("Not complete: %s. In a sandbox nobody real is called, so this is advice.")
    return [_notice("wait", say("Before it speaks to real people"), text % names)]


def _notice(tone: str, title: str, text: str) -> dict[str, Any]:
    return {"tone": tone, "title": title, "text": text}
