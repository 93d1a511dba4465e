"""Verbs of tenants, people and keys: the console, the Django admin and the seed all call these."""

from calls.tenants.actions.foreign import note_foreign_id
from calls.tenants.actions.keys import (
    KeyAlreadyRevoked,
    issue_admin_key,
    issue_runtime_key,
    note_key_use,
    revoke_key,
)
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
from calls.tenants.actions.tenant import (
    WEEKDAYS,
    change_tenant,
    create_tenant,
    resume_tenant,
    set_calling_hours,
    suspend_tenant,
)

__all__ = [
    "WEEKDAYS",
    "AlreadyMember",
    "KeyAlreadyRevoked",
    "add_member",
    "add_org",
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
    "resume_tenant",
    "revoke_key",
    "set_calling_hours",
    "suspend_tenant",
    "take_mail",
]
