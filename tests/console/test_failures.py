"""A request that reaches no view still gets an answer its sender can use."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from console import failures


def body_of(path: str) -> HttpResponse:
    request = RequestFactory().get(path)
    request.request_id = "abc-12345"  # type: ignore[attr-defined]
    return failures.server_error(request)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/hooks/nothing"])
def test_a_program_gets_json_with_the_request_id(path: str) -> None:
    answer = Client().get(path, headers={"x-request-id": "abc-12345"})
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert answer.json()["request_id"] == "abc-12345"


def test_a_person_gets_a_page_with_a_way_on() -> None:
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert b"<h1" in answer.content and b'href="/"' in answer.content


def test_a_broken_page_names_the_request_to_look_for_in_the_log() -> None:
    answer = body_of("/t/acme/")
    assert answer.status_code == 500
    assert b"abc-12345" in answer.content


def test_a_broken_endpoint_tells_programs_to_look_before_they_retry() -> None:
    answer = body_of("/api/v1/make-call")
    assert answer.status_code == 500
    assert b"internal_error" in answer.content and b"call-logs" in answer.content
