"""Verbs of tenants, people and keys: the console, the Django admin and the seed all call these."""

from calls.tenants.actions.foreign import note_foreign_id
from calls.tenants.actions.keys import (
    KeyAlreadyRevoked,
    KeyIssuedLately,
    KeyNotUsable,
    change_key_scopes,
    issue_admin_key,
    issue_runtime_key,
    revoke_key,
)
from calls.tenants.actions.leaks import note_leak_told, report_leak, take_leak_telling
from calls.tenants.actions.mail import give_mail_back, take_mail
from calls.tenants.actions.people import (
    AlreadyMember,
    add_member,
    add_org,
    change_role,
    change_user,
    create_user,
    end_membership,
    invite_member,
)
from calls.tenants.actions.rotate import KeyAlreadyRotated, rotate_key
from calls.tenants.actions.tenant import (
    HOUSES,
    WEEKDAYS,
    change_tenant,
    create_tenant,
    resume_tenant,
    set_calling_hours,
    suspend_tenant,
)
from calls.tenants.actions.use import note_key_use

__all__ = [
    "HOUSES",
    "WEEKDAYS",
    "AlreadyMember",
    "KeyAlreadyRevoked",
    "KeyAlreadyRotated",
    "KeyIssuedLately",
    "KeyNotUsable",
    "add_member",
    "add_org",
    "change_key_scopes",
    "change_role",
    "change_tenant",
    "change_user",
    "create_tenant",
    "create_user",
    "end_membership",
    "give_mail_back",
    "invite_member",
    "issue_admin_key",
    "issue_runtime_key",
    "note_foreign_id",
    "note_key_use",
    "note_leak_told",
    "report_leak",
    "resume_tenant",
    "revoke_key",
    "rotate_key",
    "set_calling_hours",
    "suspend_tenant",
    "take_leak_telling",
    "take_mail",
]
