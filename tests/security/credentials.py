"""The one table of who gets what: every route of the URL conf × every credential (R4.2, R4.5).

A new route fails the suite until it has its line here. To add one:

* below /api/v1 (and the API's papers): one line in API, `METHOD route class scope own other's`, where
  `own` is what the right key gets and `other's` what another tenant's gets (404 where the route names a
  thing). Its class says what everybody else gets; a new class is one line in CLASSES. A body it needs
  goes into BODIES, an id it names into `ids_of` in addresses.py.
* below /api/v1/admin: one line in the table of test_admin_api.py, where sessions of different people count.
* a page of the console (/t/…): its two lines in the table of test_pages.py, which is part of this one.
* anywhere else (/admin/, /accounts/, /hooks/, /health/): one line in PLACES, its name (or route) and which
  of OUTCOMES a GET and a POST have. No key opens any of these: each gets what nobody gets.
"""

import inspect
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from calls.tenants import actions as tenants
from calls.tenants import keys, roles
from calls.tenants.models import ApiKey, Tenant
from tests.api.program import EXAMPLE
from tests.security.addresses import Address, addresses, pages
from tests.world import CALLEE, NOW, SEED, World

ADMIN = "api/v1/admin/"
API = """
POST   api/v1/make-call              runtime  calls:write    200  400
POST   api/v1/calls/preview          runtime  calls:write    200  400
GET    api/v1/call-logs              runtime  calls:read     200  200
GET    api/v1/call-logs/stats        runtime  calls:read     200  200
GET    api/v1/health/ready           open     -              503  503
GET    api/v1/calls/<call_sid>       runtime  calls:read     200  404
DELETE api/v1/calls/<call_sid>       runtime  calls:write    200  404
GET    api/v1/dnc                    runtime  calls:read     200  200
POST   api/v1/dnc                    runtime  dnc:write      200  200
GET    api/v1/dnc/<entry_id>         runtime  calls:read     200  404
DELETE api/v1/dnc/<entry_id>         runtime  calls:read     403  404
GET    api/v1/consents               runtime  calls:read     200  200
POST   api/v1/consents               runtime  consent:write  200  200
POST   api/v1/consents/revocations   runtime  consent:write  200  200
GET    api/v1/webhooks               runtime  webhooks:write 200  200
POST   api/v1/webhooks               runtime  webhooks:write 200  200
GET    api/v1/webhooks/deliveries/<delivery_id>         runtime  webhooks:write  200  404
POST   api/v1/webhooks/deliveries/<delivery_id>/replay  runtime  webhooks:write  200  404
GET    api/v1/webhooks/<endpoint_id>                    runtime  webhooks:write  200  404
DELETE api/v1/webhooks/<endpoint_id>                    runtime  webhooks:write  200  404
POST   api/v1/webhooks/<endpoint_id>/rotate-secret      runtime  webhooks:write  200  404
POST   api/v1/webhooks/<endpoint_id>/test               runtime  webhooks:write  200  404
POST   api/v1/webhooks/<endpoint_id>/disable            runtime  webhooks:write  200  404
POST   api/v1/webhooks/<endpoint_id>/enable             runtime  webhooks:write  200  404
POST   api/v1/webhooks/<endpoint_id>/replay             runtime  webhooks:write  200  404
GET    api/v1/webhooks/<endpoint_id>/deliveries         runtime  webhooks:write  200  404
POST   api/v1/keys/report-leak       open     -              200  200
GET    api/v1/                       nothing  -              404  404
GET    api/docs                      open     -              200  200
GET    api/docs/admin                open     -              200  200
GET    api-docs/public.json          open     -              200  200
GET    api-docs/admin.json           open     -              200  200
GET    api-docs/openapi.json         open     -              200  200
"""

# What each credential gets: `own` and `other` are the line's own; `bare` has every scope but the line's.
CLASSES = """
          key   bare  stranger  revoked  expired  missing  malformed  admin  x-admin  session
runtime   own   403   other     401      401      401      401        403    403      401
open      own   own   own       own      own      own      own        own    own      own
nothing   own   own   own       own      own      own      own        own    own      own
"""

BODIES: dict[str, Any] = {
    "api/v1/make-call": EXAMPLE | {"to": "+15555557001"},
    "api/v1/calls/preview": EXAMPLE,
    "api/v1/dnc": {"number": "+15555550009", "reason": "Asked"},
    "api/v1/consents": {
        "number": CALLEE,
        "kind": "written",
        "channel": "web",
        "text_shown": "You may call me.",
        "evidence": "form 9",
        "captured_at": "2026-11-01T10:00:00Z",
    },
    "api/v1/consents/revocations": {"number": CALLEE, "how": "by letter"},
    "api/v1/webhooks": {"url": "https://93.184.216.34/more"},
    "api/v1/webhooks/<endpoint_id>/replay": {"since": "2026-11-01T10:00:00Z"},
    "api/v1/keys/report-leak": {"key": keys.mint("test")[0]},
}
# Every other place: what a GET and what a POST is answered with, as the lines of OUTCOMES say.
PLACES = """
health/live                               open          open
health/ready                              silent        silent
hook_stateset                             not           unsigned
hook_twilio                               not           unsigned
account_login                             guests        guests
account_logout                            people        on
account_inactive                          open          not
account_signup                            guests        guests
account_reauthenticate                    people        people
account_email                             people        on
account_email_verification_sent           open          not
account_change_password                   people        people
account_set_password                      on            on
account_reset_password                    open          open
account_confirm_login_code                on            on
account_confirm_email                     open          nothing
account_reset_password_from_key_done      open          not
account_reset_password_from_key           open          open
account_reset_password_done               open          not
mfa_index                                 people        people-not
mfa_authenticate                          on            on
mfa_reauthenticate                        on            on
mfa_activate_totp                         on            on
mfa_deactivate_totp                       people-none   people-none
mfa_view_recovery_codes                   people-none   people-not
mfa_generate_recovery_codes               on            on
mfa_download_recovery_codes               people-none   people-none
mfa_list_webauthn                         people        people-not
mfa_add_webauthn                          on            on
mfa_reauthenticate_webauthn               on            on
mfa_remove_webauthn                       on            on
mfa_edit_webauthn                         on            on
mfa_login_webauthn                        on            on
usersessions_list                         people        on
index                                     admins        admins
login                                     door          door
logout                                    on            on
password_change                           on            on
password_change_done                      admins        admins-not
autocomplete                              no-admin      admins-not
jsi18n                                    admins        admins-not
calls_carrieraccount_changelist           admins        admins
calls_carrieraccount_add                  admins        admins
calls_carrieraccount_history              on            on
calls_carrieraccount_delete               no-admin      no-admin
calls_carrieraccount_change               own           own
admin/calls/carrieraccount/<object_id>/   on            on
calls_apikey_changelist                   admins        admins
calls_apikey_add                          admins        admins
calls_apikey_history                      on            on
calls_apikey_delete                       no-admin      no-admin
calls_apikey_change                       own           own
admin/calls/apikey/<object_id>/           on            on
calls_pause_changelist                    admins        admins
calls_pause_add                           house         house
calls_pause_history                       on            on
calls_pause_delete                        no-admin      no-admin
calls_pause_change                        own           no-admin
admin/calls/pause/<object_id>/            on            on
calls_user_changelist                     admins        admins
calls_user_add                            house         house
calls_user_history                        on            on
calls_user_delete                         no-admin      no-admin
calls_user_change                         own           house-on
admin/calls/user/<object_id>/             on            on
calls_member_changelist                   admins        admins
calls_member_add                          admins        admins
calls_member_history                      on            on
calls_member_delete                       no-admin      no-admin
calls_member_change                       own           own
admin/calls/member/<object_id>/           on            on
calls_auditentry_changelist               admins        admins
calls_auditentry_add                      no-admin      no-admin
calls_auditentry_history                  on            on
calls_auditentry_delete                   no-admin      no-admin
calls_auditentry_change                   own           no-admin
admin/calls/auditentry/<object_id>/       on            on
calls_phoneroute_changelist               admins        admins
calls_phoneroute_add                      no-admin      no-admin
calls_phoneroute_history                  on            on
calls_phoneroute_delete                   no-admin      no-admin
calls_phoneroute_change                   own           on
admin/calls/phoneroute/<object_id>/       on            on
calls_tenant_changelist                   admins        admins
calls_tenant_add                          house         house
calls_tenant_history                      on            on
calls_tenant_delete                       no-admin      no-admin
calls_tenant_change                       own           own
admin/calls/tenant/<object_id>/           on            on
app_list                                  admins        admins
admin/<url>                               admins-none   admins-none
"""

# 302 is the sign-in, the console's door or the next page; what is not one's own is as if it were none.
OUTCOMES = """
             anonymous  support  owner  admin  auditor  stranger  strangers-admin  house
open               200      200    200    200      200       200             200    200
silent             503      503    503    503      503       503             503    503
not                405      405    405    405      405       405             405    405
unsigned           401      401    401    401      401       401             401    401
guests             200      302    302    302      302       302             302    302
people             302      200    200    200      200       200             200    200
on                 302      302    302    302      302       302             302    302
nothing            404      404    404    404      404       404             404    404
people-not         302      405    405    405      405       405             405    405
people-none        302      404    404    404      404       404             404    404
admins             302      302    302    200      302       302             200    200
door               302      403    403    302      403       403             302    302
admins-not         302      302    302    405      302       302             405    405
no-admin           302      302    302    403      302       302             403    403
own                302      302    302    200      302       302             302    200
house              302      302    302    403      302       302             403    200
house-on           302      302    302    403      302       302             403    302
admins-none        302      302    302    404      302       302             404    404
"""
# In the order of OUTCOMES; Charlie owns and Gus administers Globex, Pat runs the installation.
PEOPLE = ("anonymous", "bob", "alice", "ada", "aurel", "charlie", "gus", "pat")


def read(table: str) -> list[list[str]]:
    """The lines of a table, as words."""
    return [line.split() for line in table.strip().splitlines()]


def api_rows() -> dict[str, list[str]]:
    """`GET api/v1/call-logs` → class, scope, own, other's."""
    return {f"{method} {route}": rest for method, route, *rest in read(API)}


def expected(row: str) -> dict[str, int]:
    """What each credential gets there."""
    kind, _, own, other = api_rows()[row]
    names, *classes = read(CLASSES)
    line = next(cells for name, *cells in classes if name == kind)
    meant = {"own": own, "other": other}
    return {name: int(meant.get(cell, cell)) for name, cell in zip(names, line, strict=True)}


def methods_of(address: Address) -> Iterator[str]:
    """What an address of the API answers to; one that is no operation of Ninja's is asked with GET."""
    held = inspect.getclosurevars(inspect.unwrap(address.view)).nonlocals
    operations = getattr(held.get("self"), "operations", None)
    if operations is None:
        yield "GET"
    for operation in operations or ():
        yield from operation.methods


def outcomes() -> dict[str, list[int]]:
    """`GET admin/` → what each of PEOPLE gets."""
    known = {name: [int(cell) for cell in cells] for name, *cells in read(OUTCOMES)[1:]}
    return {
        f"{method} {name}": known[outcome]
        for name, *pair in read(PLACES)
        for method, outcome in zip(("GET", "POST"), pair, strict=True)
    }


def places() -> dict[str, Address]:
    """Every address of the URL conf that is neither for programs nor a page of the console, by name."""
    ours = {page.route for page in pages()}
    return {
        address.name or address.route: address
        for address in addresses()
        if address.route not in ours and not address.route.startswith("api")
    }


def api_routes() -> dict[str, Address]:
    """Every method of every address for programs, from the URL conf: `GET api/v1/call-logs` → where."""
    return {
        f"{method} {address.route}": address
        for address in addresses()
        if address.route.startswith("api") and not address.route.startswith(ADMIN)
        for method in methods_of(address)
    }


def issue(tenant: Tenant, *scopes: str, **fields: Any) -> tuple[ApiKey, str]:
    """A key of the tenant with these scopes, or all."""
    return tenants.issue_runtime_key(
        tenant=tenant,
        actor=SEED,
        now=NOW,
        name="Fresh",
        scopes=scopes or roles.RUNTIME_SCOPES,
        **fields,
    )


def bearers(world: World, scope: str = "") -> dict[str, str]:
    """A key of every kind; `bare` has every scope but this one."""
    row, revoked = issue(world.acme)
    tenants.revoke_key(key=row, actor=SEED, now=NOW)
    past = timezone.now() - timedelta(seconds=1)
    others = [known for known in roles.RUNTIME_SCOPES if known != scope]
    return {
        "key": issue(world.acme)[1],
        "bare": issue(world.acme, *others)[1],
        "stranger": issue(world.globex)[1],
        "revoked": revoked,
        "expired": issue(world.acme, expires_at=past)[1],
        "malformed": keys.mint("test")[0][:-1],
        "admin": tenants.issue_admin_key(actor=SEED, now=NOW, name="Operator")[1],
    }


def headers_of(world: World, scope: str = "") -> dict[str, dict[str, str]]:
    """What each credential without a session sends along."""
    given = bearers(world, scope)
    headers = {name: {"authorization": f"Bearer {key}"} for name, key in given.items()}
    return headers | {"missing": {}, "x-admin": {"x-admin-key": given["admin"]}}
