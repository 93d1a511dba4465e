"""Verbs of agents: the agent itself, the life of its versions, and their launch gates."""

from calls.agents.actions.agent import (
    AgentKeyTaken,
    change_agent,
    create_agent,
    set_default_greeting,
)
from calls.agents.actions.launch import (
    CannotComplete,
    GateNotComplete,
    complete_gate,
    file_evidence,
    reopen_gate,
)
from calls.agents.actions.version import (
    CanaryTaken,
    LaunchNotComplete,
    NoSuchStep,
    add_version,
    publish_version,
    retire_version,
    roll_back,
    set_canary,
    stage_configuration,
    stage_version,
)

__all__ = [
    "AgentKeyTaken",
    "CanaryTaken",
    "CannotComplete",
    "GateNotComplete",
    "LaunchNotComplete",
    "NoSuchStep",
    "add_version",
    "change_agent",
    "complete_gate",
    "create_agent",
    "file_evidence",
    "publish_version",
    "reopen_gate",
    "retire_version",
    "roll_back",
    "set_canary",
    "set_default_greeting",
    "stage_configuration",
    "stage_version",
]
