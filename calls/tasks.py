"""Every background entry point. A task translates an id, calls one verb, and carries no rule.

`**_` at the end lets an old worker survive a newer sender's extra words.
"""

from celery import shared_task
from django.utils import timezone

from calls.audit import actions as audit
from calls.audit import anchoring
from calls.dispatch import actions as dispatch
from calls.dispatch import dial as dialling
from calls.dispatch import probe as probing
from calls.dispatch import queries
from calls.dispatch import reconcile as reconciling
from calls.dispatch import sweep as sweeping
from calls.dnc import importing
from calls.events import actions as events
from calls.events import matching
from calls.greetings import notify as reviews
from calls.hooks import notify as endpoints
from calls.hooks import send as sending
from calls.hooks import sweep as telling
from calls.lib import ids
from calls.records import notify as refusals
from calls.rollups import actions as rollups
from calls.routes import notify as accounts
from calls.routes.models import CarrierAccount
from calls.tenants import notify as leaks


@shared_task(name="calls.tasks.dial")
def dial(*, call_id: str, **_: object) -> None:
    """Place one due call, unless somebody else already took it."""
    dialling.dial(call_id=ids.must_parse("CA", call_id))


@shared_task(name="calls.tasks.dial_next")
def dial_next(*, account_id: str, **_: object) -> None:
    """Place the call whose turn it is at a carrier account."""
    dialling.dial_next(account_id=ids.must_parse("ca_", account_id))


@shared_task(name="calls.tasks.sweep")
def sweep(**_: object) -> None:
    """Find what is due, overdue or unasked."""
    sweeping.sweep(now=queries.database_now())


@shared_task(name="calls.tasks.stop_forbidden")
def stop_forbidden(**_: object) -> None:
    """Refuse waiting calls that may never be placed any more."""
    sweeping.stop_forbidden(now=queries.database_now())


@shared_task(name="calls.tasks.pulse")
def pulse(**_: object) -> None:
    """Leave a sign of life of the queue that dials; it rides there like a call."""
    dispatch.beat(loop="dial", now=queries.database_now())


@shared_task(name="calls.tasks.reconcile")
def reconcile(*, account_id: str, **_: object) -> None:
    """Read one carrier account's call log for the calls whose check is due."""
    account = CarrierAccount.objects.get(pk=ids.must_parse("ca_", account_id))
    reconciling.reconcile(account=account, now=queries.database_now())


@shared_task(name="calls.tasks.probe")
def probe(*, account_id: str, **_: object) -> None:
    """Ask a carrier that did not answer whether it does again."""
    account = CarrierAccount.objects.get(pk=ids.must_parse("ca_", account_id))
    probing.probe(account=account, now=queries.database_now())


@shared_task(name="calls.tasks.match_waiting")
def match_waiting(**_: object) -> None:
    """Start the hourly match of every carrier account in use."""
    matching.match_waiting(now=queries.database_now())


@shared_task(name="calls.tasks.match_account")
def match_account(*, account_id: str, **_: object) -> None:
    """Hold one account's log against our attempts and the events nobody could explain."""
    account = CarrierAccount.objects.get(pk=ids.must_parse("ca_", account_id))
    matching.match_account(account=account, now=queries.database_now())


@shared_task(name="calls.tasks.absorb")
def absorb(*, event_id: str, **_: object) -> None:
    """Apply one stored carrier event."""
    events.absorb(event_id=ids.must_parse("ie_", event_id), now=timezone.now())


@shared_task(name="calls.tasks.absorb_waiting")
def absorb_waiting(**_: object) -> None:
    """Try again every event that has not found its call."""
    events.absorb_waiting(now=timezone.now())


@shared_task(name="calls.tasks.fold")
def fold(**_: object) -> None:
    """Bring the hourly counts up to date."""
    rollups.fold_waiting(now=timezone.now())


@shared_task(name="calls.tasks.tell_endpoints")
def tell_endpoints(**_: object) -> None:
    """Turn what happened into webhooks, and find those that are due."""
    telling.tell_endpoints(now=queries.database_now())


@shared_task(name="calls.tasks.deliver_next")
def deliver_next(*, endpoint_id: str, **_: object) -> None:
    """Send the webhook that waits longest at an endpoint."""
    sending.deliver_next(endpoint_id=ids.must_parse("we_", endpoint_id))


@shared_task(name="calls.tasks.pulse_hooks")
def pulse_hooks(**_: object) -> None:
    """Leave a sign of life of the queue that sends webhooks."""
    dispatch.beat(loop="hooks", now=queries.database_now())


@shared_task(name="calls.tasks.seal")
def seal(**_: object) -> None:
    """Give receipts and audit entries their places in their chains."""
    audit.seal_waiting()


@shared_task(name="calls.tasks.anchor")
def anchor(**_: object) -> None:
    """Write the heads of the chains down outside the database, in the first minute of each hour."""
    anchoring.anchor_heads(now=timezone.now())


@shared_task(name="calls.tasks.tell_review")
def tell_review(*, review_id: str, **_: object) -> None:
    """Mail the owners that words wait for them, or the author what became of them."""
    reviews.tell(review_id=ids.must_parse("rv_", review_id), now=timezone.now())


@shared_task(name="calls.tasks.tell_waiting")
def tell_waiting(**_: object) -> None:
    """Send the mail that nobody has sent yet."""
    reviews.tell_waiting(now=timezone.now())
    refusals.tell_refused(now=timezone.now())
    accounts.tell_paused(now=timezone.now())
    leaks.tell_leaks(now=timezone.now())
    endpoints.tell_disabled(now=timezone.now())


@shared_task(name="calls.tasks.run_import")
def run_import(*, import_id: str, **_: object) -> None:
    """Carry one registry's file into the do-not-call list."""
    importing.run_import(import_id=ids.must_parse("di_", import_id))


@shared_task(name="calls.tasks.run_waiting_imports")
def run_waiting_imports(**_: object) -> None:
    """Take up imports that wait, or whose worker died."""
    importing.run_waiting(now=timezone.now())
