"""Every error is a problem (RFC 9457): the right status, the right pointer, nothing of the inside."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.problem import check
from tests.api.world import World

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
UNKNOWN = "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"not json",
        b'{"text": "a",}',
        b'{"text": "\xff"}',
        b"\xff\xfe\x00",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"text": "a", "metadata": {"n": ' + b"9" * 5000 + b"}}",
    ],
)
async def test_a_body_that_is_no_json_is_malformed(client: httpx.AsyncClient, content: bytes) -> None:
    check(await client.post("/v1/articles", content=content, headers=JSON), 400, "malformed-body")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/articles"),
        ("POST", "/v1/articles/batch"),
        ("PATCH", f"/v1/articles/{UNKNOWN}"),
        ("POST", "/v1/stories"),
        ("POST", f"/v1/stories/{UNKNOWN}/merge"),
        ("PATCH", f"/v1/conflicts/{UNKNOWN}"),
    ],
)
async def test_a_body_of_another_type_is_refused(
    client: httpx.AsyncClient, method: str, path: str, media_type: str
) -> None:
    answer = await client.request(method, path, content=b"text=One", headers={"content-type": media_type})
    check(answer, 415, "unsupported-media-type")


async def test_a_missing_body_is_a_fault_of_the_request(client: httpx.AsyncClient) -> None:
    check(await client.post("/v1/articles"), 422)


@pytest.mark.parametrize(
    "path", ["/v1/articles", "/v1/articles/batch", "/v1/nowhere", "/healthz", f"/v1/stories/{UNKNOWN}/merge"]
)
async def test_a_body_that_is_too_large_is_refused_unread(client: httpx.AsyncClient, path: str) -> None:
    check(await client.post(path, content=b"a" * (33 * 1024 * 1024), headers=JSON), 413, "content-too-large")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/articles/{}", None),
        ("GET", "/v1/articles/{}/text", None),
        ("PATCH", "/v1/articles/{}", {"story_id": None}),
        ("DELETE", "/v1/articles/{}", None),
        ("GET", "/v1/stories/{}", None),
        ("GET", "/v1/stories/{}/claims", None),
        ("GET", "/v1/stories/{}/timeline", None),
        ("GET", "/v1/stories/{}/conflicts", None),
        ("POST", "/v1/stories/{}/merge", {"into": UNKNOWN}),
        ("GET", "/v1/conflicts/{}", None),
        ("PATCH", "/v1/conflicts/{}", {"status": "open"}),
    ],
)
@pytest.mark.parametrize("id", [UNKNOWN, "7", "%00", "a" * 3000, "%F0%9F%9A%92", "' or 1=1--", "null"])
async def test_an_unknown_id_is_not_found(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, id: str
) -> None:
    check(await client.request(method, path.format(id), json=body), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/articles/", "/v2/articles", "/v1/hooks", "/docs/none.js", "//"]
)
async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    check(await client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/articles", "GET, HEAD, POST"),
        ("POST", f"/v1/articles/{UNKNOWN}", "DELETE, GET, HEAD, PATCH"),
        ("PUT", f"/v1/articles/{UNKNOWN}", "DELETE, GET, HEAD, PATCH"),
        ("DELETE", f"/v1/stories/{UNKNOWN}", "GET, HEAD"),
        ("GET", f"/v1/stories/{UNKNOWN}/merge", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("OPTIONS", f"/v1/conflicts/{UNKNOWN}", "GET, HEAD, PATCH"),
        ("POST", "/docs", "GET, HEAD"),
        ("BREW", "/v1/stories", "GET, HEAD, POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    client: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    answer = await client.request(method, path)
    check(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allow


BAD_PARAMETERS = [
    ("/v1/articles", {"limit": "0"}, "limit"),
    ("/v1/articles", {"limit": "101"}, "limit"),
    ("/v1/articles", {"limit": "-1"}, "limit"),
    ("/v1/articles", {"limit": "ten"}, "limit"),
    ("/v1/articles", {"limit": "9" * 5000}, "limit"),
    ("/v1/articles", {"limit": "1.5"}, "limit"),
    ("/v1/articles", {"status": "done"}, "status"),
    ("/v1/articles", {"story_id": "7"}, "story_id"),
    ("/v1/articles", {"source": "a\x00"}, "source"),
    ("/v1/articles", {"source": ""}, "source"),
    ("/v1/articles", {"published_from": "soon"}, "published_from"),
    ("/v1/articles", {"published_to": "2025-02-30"}, "published_to"),
    ("/v1/stories", {"q": "a\x00"}, "q"),
    ("/v1/stories", {"q": " "}, "q"),
    ("/v1/stories", {"q": "a" * 1001}, "q"),
    ("/v1/stories", {"updated_since": "9999-01-01"}, "updated_since"),
    ("/v1/timeline", {"from": "2025-05"}, "from"),
    ("/v1/timeline", {"to": "2025-02-30"}, "to"),
    ("/v1/timeline", {"from": "2025-05-02", "to": "2025-05-01"}, "from"),
    ("/v1/timeline", {"selectors": "all"}, "selectors"),
    ("/v1/claims/search", {}, "q"),
    ("/v1/claims/search", {"q": ""}, "q"),
    ("/v1/claims/search", {"q": "1", "limit": "0"}, "limit"),
    ("STORY/conflicts", {"kind": "colour"}, "kind"),
    ("STORY/conflicts", {"verdict": "agree"}, "verdict"),
    ("STORY/conflicts", {"status": "closed"}, "status"),
    ("STORY/conflicts", {"min_confidence": "nan"}, "min_confidence"),
    ("STORY/conflicts", {"min_confidence": "1.1"}, "min_confidence"),
    ("STORY/conflicts", {"include_closed": "perhaps"}, "include_closed"),
    ("STORY", {"selectors": "W3C"}, "selectors"),
]


@pytest.mark.parametrize(("path", "params", "pointer"), BAD_PARAMETERS)
async def test_a_bad_parameter_is_named(
    client: httpx.AsyncClient, brandt: World, path: str, params: dict[str, str], pointer: str
) -> None:
    path = path.replace("STORY", f"/v1/stories/{brandt.story.id}")
    problem = check(await client.get(path, params=params), 422, "invalid-request")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", "/v1/stories", {}, "/title"),
        ("POST", "/v1/stories", {"title": " "}, "/title"),
        ("POST", "/v1/stories", {"title": "a\x00"}, "/title"),
        ("POST", "/v1/stories", {"title": "a", "id": UNKNOWN}, "/id"),
        ("POST", "STORY/merge", {}, "/into"),
        ("POST", "STORY/merge", {"into": UNKNOWN}, "/into"),
        ("POST", "STORY/merge", {"into": 7}, "/into"),
        ("PATCH", "ARTICLE", {}, "/story_id"),
        ("PATCH", "ARTICLE", {"story_id": UNKNOWN}, "/story_id"),
        ("PATCH", "ARTICLE", {"story_id": None, "title": "T"}, "/title"),
        ("PATCH", "CONFLICT", {"status": "closed"}, "/status"),
        ("PATCH", "CONFLICT", {"status": None}, "/status"),
        ("PATCH", "CONFLICT", {"note": "\x00"}, "/note"),
        ("PATCH", "CONFLICT", {"note": "a" * 4001}, "/note"),
        ("PATCH", "CONFLICT", {"verdict": "update"}, "/verdict"),
        ("PATCH", "CONFLICT", {}, None),
    ],
)
async def test_a_bad_body_is_refused_where_it_is_bad(
    *, client: httpx.AsyncClient, brandt: World, method: str, path: str, body: dict[str, Any], pointer: str | None
) -> None:
    for name, address in (
        ("STORY", f"/v1/stories/{brandt.story.id}"),
        ("ARTICLE", f"/v1/articles/{brandt.ledger.id}"),
        ("CONFLICT", f"/v1/conflicts/{brandt.conflict.id}"),
    ):
        path = path.replace(name, address)
    problem = check(await client.request(method, path, json=body), 422, "invalid-request")
    assert [fault["pointer"] for fault in problem.get("errors", [])] == ([pointer] if pointer else [])


@pytest.mark.parametrize("key", ["", "a b", "a" * 256, "schl\u00fcssel".encode()])
async def test_an_idempotency_key_is_visible_ascii(client: httpx.AsyncClient, key: str | bytes) -> None:
    answer = await client.post("/v1/articles", json={"text": "One."}, headers={"Idempotency-Key": key})
    assert check(answer, 422)["errors"][0]["pointer"] == "Idempotency-Key"


@pytest.mark.parametrize("given", ["req-1", "0193030f-8a5b-7c41-b6c8-f7f9d7a0b1c2", "a" * 128])
async def test_a_request_id_is_taken_over(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/v1/articles/7", headers={"X-Request-ID": given})
    assert check(answer, 404)["request_id"] == given


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "a" * 129, "\u00e9".encode()])
async def test_a_request_id_that_could_spoil_a_log_is_replaced(client: httpx.AsyncClient, given: str | bytes) -> None:
    answers = [await client.get("/v1/stories", headers={"X-Request-ID": given}) for _ in range(2)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2
    assert {len(request_id) for request_id in ids} == {32}


async def test_a_cursor_fits_its_own_listing_only(client: httpx.AsyncClient) -> None:
    for n in range(3):
        await client.post("/v1/articles", json={"text": f"Text {n}."})
        await client.post("/v1/stories", json={"title": f"Story {n}"})
    cursor = (await client.get("/v1/articles", params={"limit": 1})).json()["next_cursor"]
    assert (await client.get("/v1/articles", params={"cursor": cursor, "limit": 2})).status_code == 200
    flipped = ("B" if cursor[9] == "A" else "A").join((cursor[:9], cursor[10:]))
    for path, bad in [
        ("/v1/stories", cursor),
        ("/v1/articles?status=queued", cursor),
        *(("/v1/articles", bad) for bad in (flipped, cursor[:-4], "AAAA", "x", "", "\u00e9", "=" * 8, "W10")),
    ]:
        answer = await client.get(path, params={"cursor": bad} | dict(httpx.URL(path).params))
        problem = check(answer, 422, "invalid-cursor")
        assert problem["errors"][0]["pointer"] == "cursor"
