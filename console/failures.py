"""What people and programs see when a request fails before or outside any view of ours."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

FOR_PROGRAMS = ("/api/", "/hooks/")
WORDS = {
    400: ("bad_request", "The request could not be read. Check its address, headers and body."),
    403: ("forbidden", "This is not allowed. Check the credential and its rights."),
    404: ("not_found", "There is nothing here. Check the address and the id."),
    500: ("internal_error", "Something broke on our side. Check call-logs before you try again."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 outside any view."""
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403; what a page said about the reason is shown."""
    return _answer(request, 403, said=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; the same for what does not exist and for what is another tenant's."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with the request id somebody can find in the log."""
    return _answer(request, 500)


def _answer(request: HttpRequest, status: int, said: str = "") -> HttpResponse:
    request_id = getattr(request, "request_id", "")
    if request.path.startswith(FOR_PROGRAMS):
        code, message = WORDS[status]
        body = {"ok": False, "error": code, "message": message, "details": {}}
        return JsonResponse(body | {"request_id": request_id}, status=status)
    context = {"request_id": request_id, "exception": said}
    return render(request, f"{status}.html", context, status=status)
