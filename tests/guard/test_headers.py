"""Every answer bears the headers that keep it from caches, frames and guesses."""

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Headers

ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/units", 200),
        ("GET", "/v1/deadlines", 200),
        ("GET", "/v1/cases/client-a/none", 404),
        ("GET", "/v1/deadlines.css", 404),
        ("GET", "/v1/deadlines?status=x", 422),
        ("POST", "/v1/events", 403),
        ("DELETE", "/v1/units", 405),
        ("GET", "/health/live", 200),
    ],
)
def test_no_answer_may_be_kept_framed_or_taken_for_something_else(
    client: TestClient, headers: Headers, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, headers=headers.lead)

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
