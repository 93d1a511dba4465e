"""Verbs of contacts: state what is known about a number, and forget it."""

import re
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.contacts.models import Contact
from calls.lib.errors import BadField
from calls.lib.north_america import clocks_in
from calls.lib.phone import Number, must_read
from calls.tenants.models import Tenant
from calls.tenants.scope import must_hold

_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
# Clocks of no place: nobody lives by them, and they know no daylight saving.
_NOWHERE = ("Etc/", "posix/", "right/", "SystemV/")


@transaction.atomic
def state_contact(
    *,
    tenant: Tenant,
    number: str,
    source: str,
    actor: Actor,
    now: datetime,
    time_zone: str = "",
    jurisdiction: str = "",
) -> Contact:
    """Say which clock or jurisdiction a number lives by, and where that is known from.

    What was stated before is replaced; stating the same again changes nothing. Raises NotPermitted,
    BadField.
    """
    must_hold(actor, tenant.pk, "consent:write")
    stated = {
        "time_zone": time_zone.strip(),
        "jurisdiction": jurisdiction.strip().upper(),
        "source": source.strip(),
    }
    _must_mean_something(**stated)
    known = must_read("number", number)
    _must_be_clear(known, stated["jurisdiction"])
    rows = Contact.objects.select_for_update()
    found = rows.filter(tenant=tenant, number=known.e164).first()
    before = {name: getattr(found, name) for name in stated} if found else {}
    if found is not None and before == stated:
        return found
    found, _ = Contact.objects.update_or_create(
        tenant=tenant,
        number=known.e164,
        defaults={**stated, "stated_by": actor.name, "stated_at": now},
    )
    audit.note(
        actor=actor,
        verb="contact.stated",
        target=found,
        tenant_id=found.tenant_id,
        now=now,
        before=before,
        after=stated,
    )
    return found


@transaction.atomic
def forget_contact(*, contact: Contact, actor: Actor, now: datetime) -> None:
    """Go back to what the digits of a number tell. Raises NotPermitted."""
    must_hold(actor, contact.tenant_id, "consent:write")
    gone, _ = Contact.objects.filter(pk=contact.pk).delete()
    if gone:
        kept = ("time_zone", "jurisdiction", "source")
        audit.note(
            actor=actor,
            verb="contact.forgotten",
            target=contact,
            tenant_id=contact.tenant_id,
            now=now,
            before={name: getattr(contact, name) for name in kept},
        )


def _must_mean_something(*, time_zone: str, jurisdiction: str, source: str) -> None:
    if not time_zone and not jurisdiction:
        raise BadField("time_zone", "State a time zone, a jurisdiction, or both.")
    if time_zone and not _is_place(time_zone):
        raise BadField("time_zone", "Name a zone by its place, like America/Chicago.")
    if jurisdiction and not _JURISDICTION.fullmatch(jurisdiction):
        raise BadField("jurisdiction", "Write two letters, or a state like US-FL.")
    if not source:
        raise BadField("source", "Say where you know it from, like: told us on the phone.")
    if len(source) > 200:
        raise BadField("source", "Name the source in at most 200 characters.")


def _must_be_clear(number: Number, jurisdiction: str) -> None:
    """California is no country: two letters that name a state are not taken for a country of theirs."""
    names_a_state = jurisdiction != "US" and bool(clocks_in(f"US-{jurisdiction}"))
    if names_a_state and number.country_group == "US":
        raise BadField(
            "jurisdiction",
            f"Is US-{jurisdiction} meant, the state? {jurisdiction} alone is a country, and this number"
            f" is of the United States. Write US-{jurisdiction}.",
        )


def _is_place(zone: str) -> bool:
    return "/" in zone and not zone.startswith(_NOWHERE) and zone in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
