"""Rows written by hand, past every verb, to see what the database itself refuses."""

from copy import copy
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models

from calls.agents.models import LaunchGate
from calls.audit.models import AuditEntry
from calls.consent.models import ConsentRecord
from calls.contacts.models import Contact
from calls.dispatch.models import Finding
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.events.models import InboundEvent
from calls.greetings.models import Review
from calls.lib import ids
from calls.lib.rows import Row
from calls.limits import actions as limits
from calls.limits.models import Limit, Pause
from calls.records.models import Call
from calls.rollups.models import HourlyStat
from calls.tenants.models import Org
from tests.world import NOW, SEED, World

R = TypeVar("R", bound=Row)
LATER = NOW + timedelta(days=1)


def again(row: R, **other: Any) -> R:
    """The same row once more under an id of its own, with other fields where given."""
    twin = copy(row)
    twin.pk, twin._state = ids.new_id(), models.base.ModelState()
    for name, value in other.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def change(row: Row, **fields: Any) -> None:
    """Other values in a row, without the verb that would refuse."""
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def call(world: World, **fields: Any) -> Call:
    """A call that waits; its fields changed by hand afterwards."""
    found = world.place(allow_duplicate=True).call
    change(found, **fields) if fields else None
    found.refresh_from_db()
    return found


def review(world: World) -> Review:
    """The open review of Bob's order news."""
    return world.order_news.reviews.get()


def finding(world: World, **fields: Any) -> Finding:
    """A call at the carrier that nobody asked for."""
    given = {"kind": "only_there", "key": "SM9", "found_at": NOW, "seen_at": NOW} | fields
    return Finding.objects.create(account=world.account, tenant_id=world.acme.pk, **given)


def launch_gate(world: World) -> LaunchGate:
    """The security gate of the published version, filed by Bob and completed."""
    frozen = {"evidence": "Tested.", "filed_at": NOW, "completed_at": NOW}
    people = {"owner": world.user("bob"), "filed_by": world.user("bob")}
    return LaunchGate.objects.create(version=world.version, name="security", **frozen, **people)


def forbidden(world: World, **fields: Any) -> DncEntry:
    """A number of Acme's list."""
    given: dict[str, Any] = {"tenant": world.acme, "number": "+15555550009"}
    frozen = {"reason": "asked", "source": "test", "added_by": "Bob", "added_at": NOW}
    return DncEntry.objects.create(**given | frozen | fields)


def registry(world: World, **fields: Any) -> DncSource:
    """A registry of Acme's."""
    given: dict[str, Any] = {"tenant": world.acme, "name": "us-national", "title": "US"}
    return DncSource.objects.create(**given | {"created_at": NOW} | fields)


def importing(world: World, **fields: Any) -> DncImport:
    """A file of Acme's registry that waits."""
    given: dict[str, Any] = {"source": registry(world), "fetched_at": NOW, "created_at": NOW}
    return DncImport.objects.create(**given | fields)


def consent(world: World, **fields: Any) -> ConsentRecord:
    """Somebody agreed to be called by Acme."""
    given: dict[str, Any] = {"tenant": world.acme, "number": "+15555550009", "kind": "express"}
    proof = {"channel": "web", "text_shown": "You may call.", "evidence": "form 1"}
    times = {"captured_at": NOW, "recorded_at": NOW}
    return ConsentRecord.objects.create(**given | proof | times | fields)


def contact(world: World, **fields: Any) -> Contact:
    """What Acme knows about a number."""
    given: dict[str, Any] = {"tenant": world.acme, "number": "+15555550009", "source": "told us"}
    return Contact.objects.create(**given | {"jurisdiction": "US", "stated_at": NOW} | fields)


def event(world: World, key: str = "evt_1") -> InboundEvent:
    """A stored delivery."""
    return InboundEvent.objects.create(
        account=world.account, dedupe_key=key, kind="voice.call.started", body="{}", received_at=NOW
    )


def hour(world: World, **fields: Any) -> HourlyStat:
    """One cell of the hourly counts."""
    given: dict[str, Any] = {"tenant_id": world.acme.pk, "hour": NOW, "outcome": "busy"}
    return HourlyStat.objects.create(route_id=world.route.pk, **given | fields)


def limit(world: World, **fields: Any) -> Limit:
    """Ten calls a day of Acme's."""
    given: dict[str, Any] = {"tenant": world.acme, "scope": "tenant", "most": 10}
    return limits.set_limit(actor=SEED, now=NOW, **given | fields)


def pause(world: World, **fields: Any) -> Pause:
    """Acme's kill switch, on."""
    given: dict[str, Any] = {"tenant": world.acme, "reason": "stop"}
    return limits.pause(actor=SEED, now=NOW, **given | fields)


def org(world: World) -> Org:
    """A business unit of Acme."""
    return Org.objects.create(tenant=world.acme, key="north", name="North")


def note(world: World) -> AuditEntry:
    """What was noted last."""
    return AuditEntry.objects.order_by("-id")[0]
