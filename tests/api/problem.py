"""What every problem has in common."""

from __future__ import annotations

from typing import Any

import httpx


def check(answer: httpx.Response, status: int, kind: str | None = None) -> dict[str, Any]:
    """The problem that was answered, once its common form holds."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:claimline:problem:")
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.path
    assert problem["request_id"] == answer.headers["x-request-id"]
    if kind:
        assert problem["type"] == f"urn:claimline:problem:{kind}"
    return problem
