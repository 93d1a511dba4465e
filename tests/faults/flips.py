"""Everything that may happen between accept and dial and closes a gate, each through its own verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from calls.agents import actions as agents
from calls.agents.models import AgentVersion
from calls.consent import actions as consent
from calls.consent.models import ConsentRecord
from calls.dnc import actions as dnc
from calls.greetings import actions as greetings
from calls.greetings.queries import approval_of
from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.tenants import actions as tenants
from tests.agents.steps import launch
from tests.consent.agreed import agreed
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, World

SECOND = timedelta(seconds=1)
FLIPPED_AT = NOW + SECOND
Lift = Callable[..., object]
Begin = Callable[[World], Lift]


@dataclass(frozen=True)
class Flip:
    """A change of the world, and the code of the refusal it causes."""

    change: Callable[[World], None]
    code: str

    def __str__(self) -> str:
        return self.change.__name__


def callee_asks_not_to_be_called(world: World) -> None:
    _listed(world, CALLEE)


def the_platform_lists_the_number(world: World) -> None:
    _listed(None, CALLEE)


def the_platform_lists_a_prefix(world: World) -> None:
    _listed(None, CALLEE[:8], is_prefix=True)


def _listed(world: World | None, number: str, *, is_prefix: bool = False) -> None:
    dnc.add_number(
        tenant=world.acme if world else None,
        number=number,
        is_prefix=is_prefix,
        reason="By phone",
        source="test",
        actor=SEED,
        now=FLIPPED_AT,
    )


def the_approval_is_withdrawn(world: World) -> None:
    asked = approval_of(world.appointment.live_revision)
    assert asked
    greetings.withdraw_approval(asked=asked, actor=world.alice, now=FLIPPED_AT)


def the_approval_runs_out(world: World) -> None:
    world.appointment.reviews.update(valid_until=FLIPPED_AT)


def the_words_are_changed_by_hand(world: World) -> None:
    world.appointment.revisions.update(text="Something else")


def the_greeting_moves_to_another_agent(world: World) -> None:
    world.appointment.agent = agents.create_agent(
        tenant=world.acme, actor=SEED, now=FLIPPED_AT, agent_key="sales", name="Sales"
    )
    world.appointment.save()


def the_agent_is_given_another_purpose(world: World) -> None:
    agents.change_agent(
        agent=world.agent, actor=SEED, now=FLIPPED_AT, name="Support", purpose="marketing"
    )


def the_tenant_is_suspended(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=FLIPPED_AT, reason="Unpaid")


def the_country_is_switched_off(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=FLIPPED_AT, country_groups=[])


def the_tenant_goes_live(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=FLIPPED_AT, mode="live")


def the_route_is_switched_off(world: World) -> None:
    routes.switch_route(route=world.route, enabled=False, actor=SEED, now=FLIPPED_AT)


def the_callee_becomes_a_route_of_ours(world: World) -> None:
    routes.add_route(
        tenant=world.acme, actor=SEED, now=FLIPPED_AT, number=CALLEE, account=world.account
    )


def the_version_is_retired(world: World) -> None:
    agents.retire_version(version=world.version, actor=SEED, now=FLIPPED_AT)


def the_key_leaks(world: World) -> None:
    tenants.revoke_key(key=world.runtime_key, actor=SEED, now=FLIPPED_AT, leaked=True)


FLIPS = [
    Flip(callee_asks_not_to_be_called, "dnc_listed"),
    Flip(the_platform_lists_the_number, "dnc_listed"),
    Flip(the_platform_lists_a_prefix, "dnc_listed"),
    Flip(the_approval_is_withdrawn, "greeting_not_approved"),
    Flip(the_approval_runs_out, "greeting_not_approved"),
    Flip(the_words_are_changed_by_hand, "greeting_not_approved"),
    Flip(the_greeting_moves_to_another_agent, "greeting_not_approved"),
    Flip(the_agent_is_given_another_purpose, "greeting_not_approved"),
    Flip(the_tenant_is_suspended, "tenant_suspended"),
    Flip(the_country_is_switched_off, "country_blocked"),
    Flip(the_tenant_goes_live, "invalid_number"),
    Flip(the_route_is_switched_off, "route_unavailable"),
    Flip(the_callee_becomes_a_route_of_ours, "invalid_number"),
    Flip(the_version_is_retired, "agent_unavailable"),
    Flip(the_key_leaks, "not_permitted"),
]


def live(world: World) -> Call:
    """Acme calls a real person, with everything that asks for; the call that waits."""
    CarrierAccount.objects.update(carrier=CarrierAccount.STATESET)
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode="live")
    launch(world, world.version)
    agreed(world)
    return by_key(world, to=NEW_YORKER)


def a_launch_gate_is_reopened(world: World) -> None:
    agents.reopen_gate(
        version=world.version, name="security", actor=world.ada, now=FLIPPED_AT, reason="A hole"
    )


def new_evidence_is_filed_that_nobody_has_accepted(world: World) -> None:
    agents.file_evidence(
        version=world.version,
        name="rollout",
        evidence="A newer plan.",
        owner=world.user("bob"),
        actor=world.ada,
        user=world.user("ada"),
        now=FLIPPED_AT,
    )


def a_version_nobody_launched_is_published(world: World) -> None:
    AgentVersion.objects.filter(pk=world.version.pk).update(state="retired")
    AgentVersion.objects.create(
        agent=world.agent, number=9, config={}, state="published", created_at=FLIPPED_AT
    )


def consent_is_revoked(world: World) -> None:
    record = ConsentRecord.objects.filter(number=NEW_YORKER).latest("id")
    consent.revoke_consent(record=record, how="By phone", actor=SEED, now=FLIPPED_AT)


def the_live_callee_opts_out(world: World) -> None:
    _listed(world, NEW_YORKER)


# What only calls to real people can meet; begin with `live`.
LIVE_FLIPS = [
    Flip(a_launch_gate_is_reopened, "launch_not_approved"),
    Flip(new_evidence_is_filed_that_nobody_has_accepted, "launch_not_approved"),
    Flip(a_version_nobody_launched_is_published, "launch_not_approved"),
    Flip(consent_is_revoked, "consent_missing"),
    Flip(the_live_callee_opts_out, "dnc_listed"),
]


def _paused(world: World | None, **of: Any) -> Pause:
    tenant = world.acme if world else None
    return limits.pause(tenant=tenant, reason="Stop", actor=SEED, now=FLIPPED_AT, **of)


def the_platform_is_paused(world: World) -> Lift:
    return partial(_lift, _paused(None))


def the_tenant_is_paused(world: World) -> Lift:
    return partial(_lift, _paused(world))


def the_route_is_paused(world: World) -> Lift:
    return partial(_lift, _paused(world, route=world.route))


def the_agent_is_paused(world: World) -> Lift:
    return partial(_lift, _paused(world, agent=world.agent))


def the_carrier_account_is_paused(world: World) -> Lift:
    routes.pause_account(account=world.account, actor=SEED, now=FLIPPED_AT, reason="401")
    return partial(routes.resume_account, account=world.account, actor=SEED)


def _lift(pause: Pause, *, now: datetime) -> object:
    return limits.lift_pause(pause=pause, actor=SEED, now=now)


# Each begins a pause, and gives back what lifts it.
PAUSES = [
    the_platform_is_paused,
    the_tenant_is_paused,
    the_route_is_paused,
    the_agent_is_paused,
    the_carrier_account_is_paused,
]


def by_key(world: World, **fields: Any) -> Call:
    """A call asked for by Acme's program, so that every flip reaches it."""
    return world.place(actor=world.program, door="api", **fields).call
