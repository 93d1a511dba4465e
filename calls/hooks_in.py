"""Where carriers tell us what happened: verify, store, answer; the work comes after the answer."""

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
        events.receive(token=token, headers=request.headers, body=request.body, now=timezone.now())
    except Refusal as refusal:
        body = {"ok": False, "error": refusal.code, "message": refusal.sentence}
        return JsonResponse(body, status=refusal.status)
    return HttpResponse(status=204)


urlpatterns = [path("stateset/<str:token>", carrier_event, name="hook_stateset")]
