"""What opens a carrier account, and what opens it to the carrier: given, sealed, rotated with an overlap.

A credential is never given out again; a secret or a hook's path is given back once, as it is made.
"""

import secrets as randomness
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.carriers.base import CARRIERS
from calls.carriers.twilio_account import read_credential
from calls.lib import secrets
from calls.lib.errors import BadField, Refusal
from calls.lib.signing import new_secret
from calls.routes import terms
from calls.routes.models import CarrierAccount
from calls.routes.queries import hash_hook_token
from calls.tenants import scope

CREDENTIALS = "keys:write"
# How long what was valid before a rotation still is (R3.10).
OVERLAP = timedelta(hours=24)
TOKEN = ("hook_token_sha256", "former_token_sha256", "former_token_until")
SECRETS = ("sealed_hook_secrets", "sealed_former_secrets", "former_secrets_until")
TWILIOS = (
    "Give the account's SID and its auth token, with a colon between: AC…:token. "
    "Both stand on the first page of Twilio's console."
)
OTHERS = "This SID is another account's, whose log does not show the calls placed so far. Open an account for it."


class WrongCredential(BadField):
    """What was given as an account's credential cannot be one of that carrier."""

    code = "invalid_credential"

    def __init__(self, sentence: str = TWILIOS) -> None:
        super().__init__("api_key", sentence)


class SandboxInProduction(BadField):
    """Calls over such an account would ring nobody."""

    code = "sandbox_in_production"

    def __init__(self) -> None:
        super().__init__(
            "carrier", "The sandbox rings nobody, and this installation is in production."
        )


class NothingToRotate(Refusal):
    """Twilio signs with the credential, and is told with each call where to send its events."""

    code = "nothing_to_rotate"
    status = 409
    message = (
        "Twilio signs its events with the auth token, and is told their address with each call."
        " Change the credential instead."
    )


def must_be_there(*, carrier: str, base_url: str) -> None:
    """Ask real carriers over https at public names, and the sandbox where it is. Raises BadField."""
    if carrier not in CARRIERS:
        raise BadField("carrier", f"Choose one of {', '.join(sorted(CARRIERS))}.")
    is_sandbox = carrier in CarrierAccount.SANDBOXES
    if is_sandbox and settings.PRODUCTION:
        raise SandboxInProduction
    sandbox_url = settings.SANDBOX_URL if is_sandbox else None
    if why := terms.wrong_address(base_url, sandbox_url=sandbox_url):
        raise BadField("base_url", why)


def must_fit(*, carrier: str, api_key: str) -> None:
    """Take nothing for a credential that cannot be one of that carrier. Raises WrongCredential."""
    if carrier in CarrierAccount.LIKE_TWILIO:
        if read_credential(api_key) is None:
            raise WrongCredential
    elif why := terms.wrong_key(api_key):
        raise WrongCredential(why)


@transaction.atomic
def change_credential(
    *, account: CarrierAccount, api_key: str, actor: Actor, now: datetime, at_once: bool = False
) -> CarrierAccount:
    """Ask with another credential of the same account from the next request on; paused, it stays paused.

    Another account's log would not show the calls placed over this one: they could be placed twice.
    Where the carrier signs events with it, the former one verifies them for another 24 hours, unless it
    has to end `at_once`. Raises NotPermitted, NotFound, WrongCredential.
    """
    account = _take_hold(account, actor)
    must_fit(carrier=account.carrier, api_key=api_key)
    changed, same_log = ["sealed_api_key", "log_since"], False
    if account.is_like_twilio:
        former = _former_token(account, api_key)
        same_log = bool(former)  # the SID is the same one
        if at_once or not former or not api_key.endswith(f":{former}"):
            # else, given twice, it has not replaced itself
            _keep_former(account, [secrets.seal(former)] if former and not at_once else [], now)
        changed += ["sealed_former_secrets", "former_secrets_until"]
    account.sealed_api_key = secrets.seal(api_key)
    account.log_since = account.log_since if same_log else now
    account.save(update_fields=changed)
    _note(account, "account.credential_changed", actor=actor, now=now, at_once=at_once)
    return account


@transaction.atomic
def point_hooks(
    *,
    account: CarrierAccount,
    base_url: str,
    token: str,
    hook_secrets: Iterable[str],
    actor: Actor,
    now: datetime,
) -> CarrierAccount:
    """Give an account its address, a new hook path token and new secrets; the old ones end at once.

    Raises NotPermitted, NotFound, BadField.
    """
    held = _take_hold(account, actor)
    must_be_there(carrier=account.carrier, base_url=base_url)
    account.log_since = held.log_since if held.base_url == base_url else now
    account.base_url = base_url
    account.hook_token_sha256 = hash_hook_token(token)
    account.former_token_sha256, account.former_token_until = "", None
    account.sealed_hook_secrets = [secrets.seal(secret) for secret in hook_secrets]
    account.sealed_former_secrets, account.former_secrets_until = [], None
    account.save(update_fields=["base_url", "log_since", *TOKEN, *SECRETS])
    _note(account, "account.hooks_pointed", actor=actor, now=now)
    return account


@transaction.atomic
def rotate_hook_secret(
    *, account: CarrierAccount, actor: Actor, now: datetime, at_once: bool = False
) -> tuple[CarrierAccount, str]:
    """Make the secret with which the carrier is to sign from now on; it is given back once.

    The former one is good for another 24 hours, unless it has to end `at_once`. Where the account had
    none, events that are not signed end now. Raises NotPermitted, NotFound, NothingToRotate.
    """
    account = _rotatable(account, actor)
    secret = new_secret()
    _keep_former(account, [] if at_once else account.sealed_hook_secrets[-1:], now)
    account.sealed_hook_secrets = [secrets.seal(secret)]
    account.save(update_fields=SECRETS)
    _note(account, "account.hook_secret_rotated", actor=actor, now=now, at_once=at_once)
    return account, secret


@transaction.atomic
def rotate_hook_token(
    *, account: CarrierAccount, actor: Actor, now: datetime, at_once: bool = False
) -> tuple[CarrierAccount, str]:
    """Make the path to which the carrier is to send from now on; the token is given back once.

    The former one leads here for another 24 hours, unless it has to end `at_once`. Raises NotPermitted,
    NotFound, NothingToRotate.
    """
    account = _rotatable(account, actor)
    token = randomness.token_urlsafe(32)
    account.former_token_sha256 = "" if at_once else account.hook_token_sha256
    account.former_token_until = None if at_once else now + OVERLAP
    account.hook_token_sha256 = hash_hook_token(token)
    account.save(update_fields=TOKEN)
    _note(account, "account.hook_token_rotated", actor=actor, now=now, at_once=at_once)
    return account, token


def _rotatable(account: CarrierAccount, actor: Actor) -> CarrierAccount:
    account = _take_hold(account, actor)
    if account.is_like_twilio:
        raise NothingToRotate
    return account


def _take_hold(account: CarrierAccount, actor: Actor) -> CarrierAccount:
    """The account as it is now, for somebody who may change what opens it. Raises NotPermitted, NotFound."""
    scope.must_hold(actor, account.tenant_id, CREDENTIALS)
    scope.must_act_for_all(actor)
    return CarrierAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def _note(
    account: CarrierAccount, verb: str, *, actor: Actor, now: datetime, at_once: bool = False
) -> None:
    """Write down that it was changed, and whether what it was before ended with it; never what it is."""
    after = {"former": "ended at once"} if at_once else {}
    tenant_id = account.tenant_id
    audit.note(actor=actor, verb=verb, target=account, tenant_id=tenant_id, now=now, after=after)


def _keep_former(account: CarrierAccount, sealed: list[str], now: datetime) -> None:
    account.sealed_former_secrets = sealed
    account.former_secrets_until = now + OVERLAP if sealed else None


def _former_token(account: CarrierAccount, api_key: str) -> str:
    """The token that signs until the carrier has changed over; "" where nobody can open it.

    Raises WrongCredential where the new one is another account's.
    """
    try:
        known = read_credential(secrets.unseal(account.sealed_api_key))
    except secrets.Undecryptable:
        return ""
    if known and not api_key.startswith(f"{known.account_sid}:"):
        raise WrongCredential(OTHERS)
    return known.auth_token if known else ""
