"""Table of contents: every noun of the house, floor by floor. Nobody imports this but Django."""

from calls.agents.models import Agent, AgentVersion
from calls.audit.models import AuditEntry
from calls.dispatch.models import Attempt, Heartbeat
from calls.dnc.models import DncEntry
from calls.events.models import InboundEvent
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.records.models import Call, CallEvent, Receipt
from calls.rollups.models import HourlyStat
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants.models import ApiKey, Member, Org, Tenant, User

__all__ = [
    "Agent",
    "AgentVersion",
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Call",
    "CallEvent",
    "CarrierAccount",
    "DncEntry",
    "Greeting",
    "GreetingRevision",
    "Heartbeat",
    "HourlyStat",
    "InboundEvent",
    "Member",
    "Org",
    "PhoneRoute",
    "Receipt",
    "Review",
    "Tenant",
    "User",
]
