"""From what was asked to the rows it means. A field that means nothing is a BadField (400)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calls.agents.models import Agent, AgentVersion
from calls.agents.queries import DEFAULT_WORDS, version_for
from calls.contacts.queries import contact_of
from calls.greetings import queries as greetings
from calls.greetings import wording
from calls.greetings.models import GreetingRevision
from calls.lib import hours, ids, phone
from calls.lib.errors import BadField
from calls.placing.ask import Ask
from calls.records.models import Call
from calls.routes import queries as routes
from calls.routes.models import PhoneRoute
from calls.tenants.models import Org, Tenant

LATE_SCHEDULE = timedelta(minutes=1)
FARTHEST_SCHEDULE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rows one request means.

    `rings_own`: the callee is a route of the same tenant. `greeting_problem` says why no approved words
    were found.
    """

    tenant: Tenant
    number: phone.Number
    route: PhoneRoute
    rings_own: bool
    org: Org | None
    agent: Agent
    version: AgentVersion | None
    version_chosen: bool
    revision: GreetingRevision | None
    text: str
    greeting_problem: str


def resolve(ask: Ask, *, tenant: Tenant) -> Resolved:
    """Find the rows a request means. Raises BadField naming the first field that means nothing."""
    number = read_number(ask.to)
    org = _org(ask, tenant)
    route, rings_own = _route(ask, tenant, number)
    agent, version = _agent(ask, tenant, route, number)
    org = org or route.org
    revision, text, problem = _greeting(ask, tenant, agent, org)
    return Resolved(
        tenant=tenant,
        number=number,
        route=route,
        rings_own=rings_own,
        org=org,
        agent=agent,
        version=version,
        version_chosen=bool(ask.agent_version_id),
        revision=revision,
        text=text,
        greeting_problem=problem,
    )


def of_call(call: Call) -> Resolved:
    """The same rows for a call already on record, read afresh.

    A version nobody named is resolved anew, so that one published meanwhile speaks (decision 10).
    """
    chosen = call.version_chosen
    again = routes.route_again(tenant_id=call.tenant_id, route_id=call.route_id, callee=call.to)
    return Resolved(
        tenant=call.tenant,
        number=phone.read(call.to),
        route=again.route or call.route,
        rings_own=again.rings_own,
        org=call.org,
        agent=call.agent,
        version=call.agent_version if chosen else version_for(call.agent, call.to),
        version_chosen=chosen,
        revision=call.greeting_revision,
        text=call.greeting_text,
        greeting_problem="",
    )


def waiting_for_approval(ask: Ask, resolved: Resolved) -> Resolved | None:
    """The same request with the words that wait for approval under the greeting it names, if some do.

    Values that fill the live words and not these mean the live ones; else raises BadField for what is missing.
    """
    key = ids.parse("gr_", ask.greeting_id)
    asked = greetings.open_reviews(resolved.tenant).filter(greeting=key).first() if key else None
    if asked is None:
        return None
    revision = asked.revision
    revision.greeting = asked.greeting
    try:
        text = _filled(revision, ask)
    except BadField:
        if resolved.revision is None:
            raise
        return None
    return replace(resolved, revision=revision, text=text, greeting_problem="")


def due_at(ask: Ask, *, resolved: Resolved, now: datetime) -> datetime:
    """The instant at which the call is meant to ring. Raises BadField."""
    if ask.scheduled_at is None:
        return now
    due = ask.scheduled_at
    if due.tzinfo is None:
        due = max(hours.first_instant(due, ZoneInfo(zone)) for zone in _clocks(resolved))
    if due < now - LATE_SCHEDULE:
        raise BadField("scheduled_at", "This time has passed. Choose one in the future.")
    if due > now + FARTHEST_SCHEDULE:
        raise BadField("scheduled_at", "Calls are scheduled at most a year ahead.")
    return max(due, now)


def _clocks(resolved: Resolved) -> tuple[str, ...]:
    """The clock the tenant stated for the number, or all it may live by, or else the tenant's own."""
    stated = contact_of(resolved.tenant, resolved.number.e164)
    if stated and stated.time_zone:
        return (stated.time_zone,)
    return resolved.number.zones or (resolved.tenant.time_zone,)


def read_number(text: str, *, home: str | None = None) -> phone.Number:
    """The callee's number. Raises BadField (`invalid_number`)."""
    return phone.must_read("to", text, home=home)


def _org(ask: Ask, tenant: Tenant) -> Org | None:
    if not ask.org_id:
        return None
    org = Org.objects.filter(tenant=tenant, key=ask.org_id).first()
    if org is None:
        raise BadField("org_id", "There is no business unit with this org_id.")
    return org


def _route(ask: Ask, tenant: Tenant, number: phone.Number) -> tuple[PhoneRoute, bool]:
    caller_id = ""
    if ask.caller_id:
        try:
            caller_id = phone.read(ask.caller_id).e164
        except phone.UnreadableNumber as problem:
            raise BadField("from", str(problem)) from None
    meant = routes.route_for(
        tenant=tenant, number=caller_id, org_key=ask.org_id, callee=number.e164
    )
    if meant.route is None and caller_id:
        raise BadField("from", "This number is not one of your routes. Choose an enabled route.")
    if meant.route is None:
        raise BadField("from", "There is no default route. Name one, or ask an admin to set one.")
    return meant.route, meant.rings_own


def _agent(
    ask: Ask, tenant: Tenant, route: PhoneRoute, number: phone.Number
) -> tuple[Agent, AgentVersion | None]:
    if ask.agent_version_id:
        version = _named_version(ask, tenant)
        return version.agent, version
    agent = route.default_agent
    if ask.agent_key and (agent is None or agent.agent_key != ask.agent_key):
        agents = Agent.objects.select_related(*DEFAULT_WORDS)
        agent = agents.filter(tenant=tenant, agent_key=ask.agent_key).first()
        if agent is None:
            raise BadField("agent_key", "There is no agent with this key.")
    if agent is None:
        raise BadField("agent_key", "This route has no default agent, so name one.")
    return agent, version_for(agent, number.e164)


def _named_version(ask: Ask, tenant: Tenant) -> AgentVersion:
    key = ids.parse(AgentVersion.PREFIX, ask.agent_version_id)
    words = (f"agent__{path}" for path in DEFAULT_WORDS)
    versions = AgentVersion.objects.select_related("agent", *words)
    version = versions.filter(id=key, agent__tenant=tenant).first() if key else None
    if version is None:
        missing = BadField("agent_version_id", "There is no agent version with this id.")
        raise missing.naming(ask.agent_version_id)
    if ask.agent_key and version.agent.agent_key != ask.agent_key:
        raise BadField("agent_version_id", f"This version is not one of {ask.agent_key}.")
    return version


def _greeting(
    ask: Ask, tenant: Tenant, agent: Agent, org: Org | None
) -> tuple[GreetingRevision | None, str, str]:
    """The revision meant, the words it gives, and why there are none (a sentence, or empty)."""
    if ask.greeting and ask.greeting_id:
        raise BadField("greeting", "Send either greeting or greeting_id, not both.")
    if ask.greeting:
        return _by_text(ask, tenant, agent, org)
    if ask.greeting_id:
        key = ids.parse("gr_", ask.greeting_id)
        named = greetings.all_greetings(tenant).filter(id=key).first() if key else None
        if named is None:
            missing = BadField("greeting_id", "There is no greeting with this id.")
            raise missing.naming(ask.greeting_id)
    else:
        named = agent.default_greeting
    if named is None:
        return None, "", f"{agent.agent_key} has no default greeting. Choose an approved one."
    revision = named.live_revision
    if revision is None:
        return None, "", f"“{named.name}” has no approved words. Choose an approved greeting."
    revision.greeting = named  # read already
    return revision, _filled(revision, ask), ""


def _by_text(
    ask: Ask, tenant: Tenant, agent: Agent, org: Org | None
) -> tuple[GreetingRevision | None, str, str]:
    if ask.variables:
        raise BadField("variables", "Variables go with greeting_id; greeting is the full text.")
    try:
        text = wording.clean(ask.greeting)
    except wording.UnusableText as problem:
        raise BadField("greeting", str(problem)) from None
    found = greetings.recognise(
        tenant=tenant, text=text, agent_id=agent.pk, org_id=org.pk if org else None
    )
    if len(found) == 1:
        return found[0][0], text, ""
    if found:
        return None, text, "This text fits more than one approved template. Send greeting_id."
    return None, text, "Nobody has approved these words. Choose an approved greeting."


def _filled(revision: GreetingRevision, ask: Ask) -> str:
    placeholders = wording.read_placeholders(revision.placeholders)
    try:
        return wording.fill(revision.text, placeholders, ask.variables)
    except wording.UnusableText as problem:
        raise BadField("variables", str(problem)) from None
