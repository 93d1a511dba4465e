"""The tenant's webhooks: add endpoints, rotate their secrets, read what was sent, send it again.

One scope for all of it, reading too: deliveries hold the numbers of calls.
"""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import WithJsonSchema

from calls.api import hook_shapes as shapes
from calls.api.asks import refuse_unknown
from calls.api.endpoint import RuntimeKey, caller
from calls.api.refusals import refuses
from calls.api.runtime import FAILURES, MAY_BE_ABSENT
from calls.api.shapes import Failure
from calls.hooks import actions, queries
from calls.hooks.models import Delivery, Endpoint
from calls.lib import ids

router = Router(by_alias=True)

WEBHOOKS = RuntimeKey("webhooks:write")
EndpointId = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": f"^{Endpoint.PREFIX}{shapes.HEX}"}),
    Path(description="we_ and 32 hex digits"),
]
DeliveryId = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": f"^{Delivery.PREFIX}{shapes.HEX}"}),
    Path(description="wd_ and 32 hex digits"),
]
CONFLICT = {409: Failure}
NOT_ALLOWED = (
    400,
    "url_not_allowed",
    "Nothing is sent to this address. It does not lead to a public address.",
)
RULES = {
    "url": "An address that leads to the internet at large, with no user name, password or fragment.",
    "orgs": "Your business units; a key of some units names none but these.",
}


@router.get(
    "", auth=WEBHOOKS, summary="List the endpoints", response={200: shapes.EndpointPage} | FAILURES
)
def webhooks_list(request: HttpRequest) -> shapes.EndpointPage:
    """Every endpoint in use, newest first; at most twenty."""
    who = caller(request)
    rows = queries.endpoints_of(who.tenant, orgs=who.actor.orgs)
    return shapes.EndpointPage(data=[shapes.record(row) for row in rows])


@router.post(
    "",
    auth=WEBHOOKS,
    summary="Add an endpoint",
    response={200: shapes.EndpointSecret} | FAILURES | CONFLICT,
    openapi_extra=refuses(
        [NOT_ALLOWED], actions.EndpointExists, actions.TooManyEndpoints, rules=RULES
    ),
)
def webhooks_add(request: HttpRequest, body: shapes.EndpointAsk) -> shapes.EndpointSecret:
    """Tell an address of events from now on. Its secret is in this answer and never again."""
    who = caller(request)
    row, secret = actions.add_endpoint(
        tenant=who.tenant,
        actor=who.actor,
        now=who.now,
        url=body.url,
        events=body.events,
        org_keys=body.orgs,
    )
    return shapes.with_secret(row, secret)


@router.get(
    "/deliveries/{delivery_id}",
    auth=WEBHOOKS,
    summary="Show a delivery",
    response={200: shapes.DeliveryAnswer} | MAY_BE_ABSENT,
)
def delivery_show(request: HttpRequest, delivery_id: DeliveryId) -> shapes.DeliveryAnswer:
    """One delivery with its body and every try."""
    return shapes.delivery(_delivery(request, delivery_id))


@router.post(
    "/deliveries/{delivery_id}/replay",
    auth=WEBHOOKS,
    summary="Send a delivery again",
    response={200: shapes.DeliveryAnswer} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(
        actions.EndpointDisabled, actions.EndpointEnded, actions.DeliveryUnderWay
    ),
)
def delivery_replay(request: HttpRequest, delivery_id: DeliveryId) -> shapes.DeliveryAnswer:
    """Send one event again, under its own id, from the beginning of the schedule."""
    who, row = caller(request), _delivery(request, delivery_id)
    return shapes.delivery(actions.replay_delivery(delivery=row, actor=who.actor, now=who.now))


@router.get(
    "/{endpoint_id}",
    auth=WEBHOOKS,
    summary="Show an endpoint",
    response={200: shapes.EndpointAnswer} | MAY_BE_ABSENT,
)
def webhook_show(request: HttpRequest, endpoint_id: EndpointId) -> shapes.EndpointAnswer:
    """One endpoint, deleted or not; never its secret."""
    return shapes.answer(_endpoint(request, endpoint_id))


@router.delete(
    "/{endpoint_id}",
    auth=WEBHOOKS,
    summary="Delete an endpoint",
    response={200: shapes.EndpointAnswer} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointEnded),
)
def webhook_delete(request: HttpRequest, endpoint_id: EndpointId) -> shapes.EndpointAnswer:
    """Send nothing there any more; its secrets are gone, its log stays."""
    who, row = caller(request), _endpoint(request, endpoint_id)
    return shapes.answer(actions.end_endpoint(endpoint=row, actor=who.actor, now=who.now))


@router.post(
    "/{endpoint_id}/rotate-secret",
    auth=WEBHOOKS,
    summary="Rotate a secret",
    response={200: shapes.EndpointSecret} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointEnded),
)
def webhook_rotate(
    request: HttpRequest, endpoint_id: EndpointId, query: Annotated[shapes.RotateQuery, Query()]
) -> shapes.EndpointSecret:
    """Sign with a new secret, which is in this answer and never again; the former one signs for 24 hours more.

    Asked for again in that time, it replaces the new secret alone. With `at_once=true` the former one ends now.
    """
    refuse_unknown(request.GET, shapes.RotateQuery)
    who, row = caller(request), _endpoint(request, endpoint_id)
    at_once = query.at_once == "true"
    row, secret = actions.rotate_secret(endpoint=row, actor=who.actor, now=who.now, at_once=at_once)
    return shapes.with_secret(row, secret)


@router.post(
    "/{endpoint_id}/test",
    auth=WEBHOOKS,
    summary="Test an endpoint",
    response={200: shapes.DeliveryAnswer} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointDisabled, actions.EndpointEnded, actions.TooManyTests),
)
def webhook_test(request: HttpRequest, endpoint_id: EndpointId) -> shapes.DeliveryAnswer:
    """Send `voice.webhook.test` there, once; read the delivery a moment later to see what came of it."""
    who, row = caller(request), _endpoint(request, endpoint_id)
    return shapes.delivery(actions.send_test_event(endpoint=row, actor=who.actor, now=who.now))


@router.post(
    "/{endpoint_id}/disable",
    auth=WEBHOOKS,
    summary="Switch an endpoint off",
    response={200: shapes.EndpointAnswer} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointEnded),
)
def webhook_disable(request: HttpRequest, endpoint_id: EndpointId) -> shapes.EndpointAnswer:
    """Send nothing there until it is enabled; what waits is given up, and can be replayed then."""
    who, row = caller(request), _endpoint(request, endpoint_id)
    return shapes.answer(actions.disable_endpoint(endpoint=row, actor=who.actor, now=who.now))


@router.post(
    "/{endpoint_id}/enable",
    auth=WEBHOOKS,
    summary="Switch an endpoint on",
    response={200: shapes.EndpointAnswer} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointEnded),
)
def webhook_enable(request: HttpRequest, endpoint_id: EndpointId) -> shapes.EndpointAnswer:
    """Send there what happens from now on; what was given up meanwhile waits for a replay."""
    who, row = caller(request), _endpoint(request, endpoint_id)
    return shapes.answer(actions.enable_endpoint(endpoint=row, actor=who.actor, now=who.now))


@router.post(
    "/{endpoint_id}/replay",
    auth=WEBHOOKS,
    summary="Send everything again that failed",
    response={200: shapes.Replayed} | MAY_BE_ABSENT | CONFLICT,
    openapi_extra=refuses(actions.EndpointDisabled, actions.EndpointEnded),
)
def webhook_replay(
    request: HttpRequest, endpoint_id: EndpointId, body: shapes.ReplayAsk
) -> shapes.Replayed:
    """Send every event again that was given up since an instant."""
    who, row = caller(request), _endpoint(request, endpoint_id)
    count = actions.replay_failed(endpoint=row, since=body.since, actor=who.actor, now=who.now)
    return shapes.Replayed(replayed=count)


@router.get(
    "/{endpoint_id}/deliveries",
    auth=WEBHOOKS,
    summary="List the deliveries of an endpoint",
    response={200: shapes.DeliveryPage} | MAY_BE_ABSENT,
)
def deliveries_list(
    request: HttpRequest, endpoint_id: EndpointId, query: Annotated[shapes.DeliveryQuery, Query()]
) -> shapes.DeliveryPage:
    """Everything sent or to be sent there, newest first."""
    refuse_unknown(request.GET, shapes.DeliveryQuery)
    rows = queries.deliveries_of(_endpoint(request, endpoint_id), failed=query.failed == "true")
    if query.cursor:
        rows = rows.filter(pk__lt=ids.must_parse(Delivery.PREFIX, query.cursor))
    lines = rows.defer("body", "tries")[: query.limit + 1]
    return shapes.delivery_page(list(lines), limit=query.limit)


def _endpoint(request: HttpRequest, public_id: str) -> Endpoint:
    who = caller(request)
    return queries.endpoint_of(who.tenant, public_id, orgs=who.actor.orgs)


def _delivery(request: HttpRequest, public_id: str) -> Delivery:
    who = caller(request)
    return queries.delivery_of(who.tenant, public_id, orgs=who.actor.orgs)
