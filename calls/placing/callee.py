"""What is known about the person behind a number, as the gates look at it."""

from datetime import datetime

from calls.consent import queries as consents
from calls.consent import standing
from calls.contacts.queries import contact_of
from calls.dnc import queries as dnc
from calls.dnc.models import DncEntry
from calls.lib import hours, phone
from calls.placing.resolve import Resolved
from calls.policy import daytime
from calls.policy import facts as policy
from calls.policy.rulebook import Law, all_rules, law_for
from calls.tenants.models import Tenant


def contact(resolved: Resolved) -> policy.ContactFacts | None:
    """What the tenant stated about this number."""
    found = contact_of(resolved.tenant, resolved.number.e164)
    if found is None:
        return None
    return policy.ContactFacts(found.time_zone, found.jurisdiction, found.source)


def law(resolved: Resolved, contact: policy.ContactFacts | None, due: datetime) -> Law:
    """The law of every place the callee may be in, on the day it is there."""
    number = resolved.number
    stated = phone.jurisdictions_in(contact.jurisdiction) if contact else ()
    return law_for(
        jurisdictions=(*number.jurisdictions, *stated),
        purpose=resolved.agent.purpose,
        on=daytime.callee_day(number, contact, due),
        own=own_hours(resolved.tenant),
    )


def own_hours(tenant: Tenant) -> hours.Week | None:
    """The tenant's stricter week; one that cannot be read is closed, so nobody is called by mistake."""
    if not tenant.calling_hours:
        return None
    try:
        return hours.read_week(tenant.calling_hours)
    except ValueError:
        return hours.Week({})


def entries(resolved: Resolved, law: Law, now: datetime) -> tuple[policy.DncFacts, ...]:
    """Every do-not-call entry that counts.

    A registry that rules name counts where the law of this call asks for it; one that no rule names was
    imported because its numbers are never to be called.
    """
    found = dnc.entries_against(tenant=resolved.tenant, number=resolved.number.e164, now=now)
    asked = {registry.name for registry in law.registries}
    not_asked = {registry.name for rule in all_rules() for registry in rule.registries} - asked
    counts = [
        e
        for e in found.select_related("registry")
        if not e.registry or e.registry.name not in not_asked
    ]
    return tuple(policy.DncFacts(_list_of(e), e.reason, e.added_at) for e in counts)


def stale_registries(
    resolved: Resolved, law: Law, now: datetime
) -> tuple[policy.RegistryFacts, ...]:
    """Registries the law asks for that are missing or too old to prove anything."""
    if not law.registries:
        return ()
    wanted = [(registry.name, registry.max_age_days) for registry in law.registries]
    return tuple(dnc.stale_registries(tenant=resolved.tenant, wanted=wanted, now=now))


def consent(resolved: Resolved, law: Law, now: datetime) -> policy.ConsentFacts:
    """What the law asks for, and the best consent on record that counts."""
    if not law.consent:
        return policy.ConsentFacts()
    found = consents.consents_for(tenant=resolved.tenant, number=resolved.number.e164, now=now)
    best = standing.best(found, need=law.consent, now=now)
    shown = best or next(iter(found), None)
    return policy.ConsentFacts(
        needed=law.consent,
        given=best is not None,
        kind=shown.kind if shown else "",
        captured_at=shown.captured_at if shown else None,
        evidence=shown.evidence if shown else "",
    )


def _list_of(entry: DncEntry) -> str:
    if entry.registry is not None:
        return str(entry.registry)
    return "tenant" if entry.tenant_id else "platform"
