"""Where carriers tell us what happened: verify, store, answer; the work comes after the answer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.events import actions as events
from calls.lib.errors import Refusal


@csrf_exempt
@require_POST
def carrier_event(request: HttpRequest, token: str) -> HttpResponse:
    """One event from a carrier account: 204 once it is stored, whether or not it was new."""
    try:
        events.receive(
            token=token,
            url=_url_as_called(request),
            headers=request.headers,
            body=request.body,
            now=timezone.now(),
        )
    except Refusal as refusal:
        body = {"ok": False, "error": refusal.code, "message": refusal.sentence}
        return JsonResponse(body, status=refusal.status)
    return HttpResponse(status=204)


def _url_as_called(request: HttpRequest) -> str:
    """The address a carrier signs: ours as we tell it, never what a header claims we are called."""
    query = request.META.get("QUERY_STRING", "")
    return f"{settings.PUBLIC_URL}{request.path}" + (f"?{query}" if query else "")


urlpatterns = [
    path("stateset/<str:token>", carrier_event, name="hook_stateset"),
    path("twilio/<str:token>", carrier_event, name="hook_twilio"),
]
