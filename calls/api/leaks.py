"""Reporting a key that was found where strangers can read it. Whoever holds it may end it."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from calls.api import shapes
from calls.api.asks import Asked
from calls.api.fields import Line, left_out
from calls.api.refusals import refuses
from calls.tenants import actions as tenants

router = Router(by_alias=True)

NO_KEY = (400, "no_key", "This is no key of ours: it is mistyped or cut off. Send all of it.")
RULES = {"key": "A whole key of this installation's spelling, its checksum included."}


class LeakReport(Asked):
    """A key that leaked, and where it was found."""

    key: Line = Field(max_length=200, description="The whole key, gl_…")
    source: Line = left_out(max_length=500, description="Where it was found: an address, or words")


@router.post(
    "/report-leak",
    auth=None,
    summary="Report a leaked key",
    response={200: shapes.Reported} | dict.fromkeys((400, 500, 503), shapes.Failure),
    openapi_extra=refuses([NO_KEY], rules=RULES),
)
def report_leak(request: HttpRequest, body: LeakReport) -> shapes.Reported:
    """Revoke a key that strangers may have, and tell the admins of its tenant by mail.

    Needs no credential: whoever holds a key may end it. The answer is the same for every well-formed key,
    so it tells nobody whether the key opened anything.
    """
    request_id = getattr(request, "request_id", "")
    tenants.report_leak(
        presented=body.key, source=body.source, now=timezone.now(), request_id=request_id
    )
    return shapes.Reported()
