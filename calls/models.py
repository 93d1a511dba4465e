"""Table of contents: every noun of the house, floor by floor. Nobody imports this but Django."""

from calls.agents.models import Agent, AgentVersion, LaunchGate
from calls.audit.models import AuditEntry
from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.contacts.models import Contact
from calls.dispatch.models import Attempt, Finding, Heartbeat
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.events.models import InboundEvent
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.hooks.models import Delivery, Endpoint
from calls.limits.models import Limit, Pause
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
    "ConsentRecord",
    "ConsentRevocation",
    "Contact",
    "Delivery",
    "DncEntry",
    "DncImport",
    "DncSource",
    "Endpoint",
    "Finding",
    "Greeting",
    "GreetingRevision",
    "Heartbeat",
    "HourlyStat",
    "InboundEvent",
    "LaunchGate",
    "Limit",
    "Member",
    "Org",
    "Pause",
    "PhoneRoute",
    "Receipt",
    "Review",
    "Tenant",
    "User",
]
