"""The description of the API keeps what other programs rely on, and its examples are true."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.api import examples
from app.api.app import _ROUTERS, openapi_document
from app.api.schemas import articles, claims, common, ninjs, stories, webhooks
from app.api.schemas.common import Problem

DOCUMENT = openapi_document()
ROUTES = [
    route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute) and route.include_in_schema
]
OPERATIONS = [(path, method, operation) for path, at in DOCUMENT["paths"].items() for method, operation in at.items()]
PAGED = {"limit", "cursor"}

# Parameters by place: what clients may send. Fields may be added to what they get, so answers are held as subsets.
CONTRACT: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("/v1/articles", "post"): ({"Prefer", "Idempotency-Key"}, {"200", "201", "202", "400", "413", "415", "422"}),
    ("/v1/articles", "get"): (
        {"source", "status", "story_id", "published_from", "published_to"} | PAGED,
        {"200", "422"},
    ),
    ("/v1/articles/batch", "post"): ({"Idempotency-Key"}, {"200", "400", "413", "415", "422"}),
    ("/v1/articles/{article_id}", "get"): ({"selectors"}, {"200", "404", "422"}),
    ("/v1/articles/{article_id}", "patch"): (set(), {"200", "400", "404", "413", "415", "422"}),
    ("/v1/articles/{article_id}", "delete"): (set(), {"204", "404"}),
    ("/v1/articles/{article_id}/text", "get"): (set(), {"200", "404"}),
    ("/v1/stories", "post"): (set(), {"201", "400", "413", "415", "422"}),
    ("/v1/stories", "get"): ({"q", "updated_since"} | PAGED, {"200", "422"}),
    ("/v1/stories/{story_id}", "get"): ({"If-None-Match"}, {"200", "304", "308", "404"}),
    ("/v1/stories/{story_id}/merge", "post"): (set(), {"200", "404", "409", "422"}),
    ("/v1/stories/{story_id}/claims", "get"): ({"selectors", "If-None-Match"} | PAGED, {"200", "304", "308", "404"}),
    ("/v1/stories/{story_id}/timeline", "get"): (
        {"format", "selectors", "If-None-Match"} | PAGED,
        {"200", "304", "308", "404"},
    ),
    ("/v1/stories/{story_id}/conflicts", "get"): (
        {"kind", "verdict", "status", "min_confidence", "include_closed", "selectors", "If-None-Match"} | PAGED,
        {"200", "304", "308", "404", "422"},
    ),
    ("/v1/stories/{story_id}/matches", "get"): (
        {"claim_id", "article_id", "selectors", "If-None-Match"} | PAGED,
        {"200", "304", "308", "404", "422"},
    ),
    ("/v1/conflicts/{conflict_id}", "get"): ({"selectors", "explain", "format"}, {"200", "404"}),
    ("/v1/conflicts/{conflict_id}", "patch"): (set(), {"200", "400", "404", "409", "413", "415", "422"}),
    ("/v1/conflicts.atom", "get"): ({"verdict", "min_confidence"}, {"200", "422"}),
    ("/v1/events", "get"): ({"after", "type", "story_id"} | PAGED, {"200", "422"}),
    ("/v1/stories/{story_id}/stream", "get"): ({"Last-Event-ID"}, {"200", "308", "404", "422", "429"}),
    ("/v1/webhooks", "post"): (set(), {"201", "400", "409", "413", "415", "422"}),
    ("/v1/webhooks", "get"): (PAGED, {"200", "422"}),
    ("/v1/webhooks/{webhook_id}", "get"): (set(), {"200", "404"}),
    ("/v1/webhooks/{webhook_id}", "patch"): (set(), {"200", "400", "404", "413", "415", "422"}),
    ("/v1/webhooks/{webhook_id}", "delete"): (set(), {"204", "404"}),
    ("/v1/webhooks/{webhook_id}/rotate", "post"): ({"overlap_hours"}, {"200", "404", "422"}),
    ("/v1/webhooks/{webhook_id}/ping", "post"): (set(), {"202", "404", "409"}),
    ("/v1/webhooks/{webhook_id}/replay", "post"): (set(), {"202", "404", "409", "422"}),
    ("/v1/webhooks/{webhook_id}/deliveries", "get"): ({"status"} | PAGED, {"200", "404", "422"}),
    ("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", "get"): (set(), {"200", "404"}),
    ("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", "post"): (set(), {"202", "404", "409"}),
    ("/v1/timeline", "get"): ({"from", "to", "q", "format", "selectors"} | PAGED, {"200", "422"}),
    ("/v1/claims/search", "get"): ({"q", "limit"}, {"200", "422", "503"}),
    ("/healthz", "get"): (set(), {"200"}),
    ("/readyz", "get"): (set(), {"200", "503"}),
    ("/metrics", "get"): (set(), {"200"}),
}

SHAPES: dict[str, set[str]] = {
    "ArticleIn": {
        "text",
        "url",
        "other_languages",
        "title",
        "source",
        "published_at",
        "language",
        "external_id",
        "story_id",
        "metadata",
    },
    "ArticleDetail": {
        "id",
        "status",
        "error",
        "error_type",
        "url",
        "author",
        "title",
        "source",
        "published_at",
        "language",
        "story_id",
        "created_at",
        "analysed_at",
        "summary",
        "claims",
    },
    "SourceOut": {"name", "domain"},
    "SummaryOut": {"text", "method", "model", "sentences"},
    "SummarySentenceOut": {"text", "evidence"},
    "Evidence": {"article_id", "claim_id", "start", "end", "exact"},
    "ClaimOut": {
        "id",
        "article_id",
        "start",
        "end",
        "exact",
        "check_worthiness",
        "kind",
        "factuality",
        "holder",
        "quantities",
        "times",
        "entities",
    },
    "HolderOut": {"name", "role", "cue", "start", "end"},
    "QuantityOut": {"start", "end", "exact", "low", "high", "qualifier", "unit", "counted", "role", "base"},
    "TimeOut": {"start", "end", "exact", "edtf", "earliest", "latest", "basis"},
    "EntityOut": {"start", "end", "exact", "label", "name"},
    "StoryOut": {
        "id",
        "title",
        "version",
        "article_count",
        "source_count",
        "origin_count",
        "first_published_at",
        "last_published_at",
        "summary",
        "open_conflicts",
    },
    "ClaimGroupOut": {"id", "text", "evidence", "sources", "origins"},
    "TimelineItem": {"id", "date", "text", "evidence", "sources", "origins", "conflict_ids"},
    "EdtfDate": {"edtf", "earliest", "latest", "precision", "basis"},
    "ConflictOut": {
        "id",
        "story_id",
        "kind",
        "verdict",
        "question",
        "positions",
        "explanation",
        "confidence",
        "status",
        "note",
        "detected_at",
        "closed_at",
        "versions",
    },
    "PositionOut": {"label", "value", "sources", "origins", "first_seen_at", "evidence"},
    "PositionEvidence": {"article_id", "claim_id", "start", "end", "exact", "holder", "source", "published_at"},
    "WebhookOut": {"id", "url", "types", "is_enabled", "disabled_reason"},
    "WebhookWithSecret": {"id", "secret", "previous_secret_until"},
    "DeliveryDetail": {"id", "type", "event_id", "status", "body", "attempts"},
    "EventOut": {"id", "type", "created_at", "story_id", "data"},
    "Problem": {"type", "title", "status", "detail", "instance", "request_id", "errors"},
}


def test_the_committed_description_is_current() -> None:
    committed = Path(__file__).parents[2] / "openapi" / "openapi.json"
    assert json.loads(committed.read_text(encoding="utf-8")) == DOCUMENT


def test_every_operation_of_the_contract_is_there_and_no_other() -> None:
    assert {(path, method) for path, method, _ in OPERATIONS} == set(CONTRACT)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_takes_and_answers_what_the_contract_says(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    parameters, statuses = CONTRACT[path, method]
    names = {item["name"] for item in operation.get("parameters", []) if item["in"] != "path"}
    assert parameters <= names
    assert statuses <= set(operation["responses"])


@pytest.mark.parametrize(("name", "fields"), SHAPES.items())
def test_a_shape_keeps_its_fields(name: str, fields: set[str]) -> None:
    assert fields <= set(DOCUMENT["components"]["schemas"][name]["properties"])


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_explains_itself(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert operation["responses"]["default"]["content"]["application/problem+json"]
    for status, response in operation["responses"].items():
        if status[0] == "2" and status != "204":
            assert all("example" in body for body in response["content"].values()), status
        elif status[0] in "45":
            assert response["content"]["application/problem+json"]["examples"], status
    for parameter in operation.get("parameters", []):
        schema = json.dumps(parameter["schema"])
        assert (
            "description" in parameter
            or '"enum"' in schema
            or "$ref" in schema
            or parameter["name"]
            in (
                "min_confidence",
                "story_id",
            )
        )


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def _resolve(pointer: str, value: Any) -> Any:
    for part in pointer.split("/")[1:]:
        value = value[int(part) if isinstance(value, list) else part]
    return value


def test_every_link_takes_from_the_answer_what_the_operation_it_names_needs() -> None:
    needs = {
        operation["operationId"]: {item["name"] for item in operation.get("parameters", ()) if item["in"] == "path"}
        for _, _, operation in OPERATIONS
    }
    answers = [answer for _, _, operation in OPERATIONS for answer in operation["responses"].values()]
    links = [(answer, link) for answer in answers for link in answer.get("links", {}).values()]
    assert links
    for answer, link in links:
        assert set(link["parameters"]) == needs[link["operationId"]]
        for expression in link["parameters"].values():
            pointer = expression.removeprefix("$response.body#")
            assert _resolve(pointer, answer["content"]["application/json"]["example"])


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT)))
    assert used <= set(schemas)
    assert set(schemas) <= used


def _models(*modules: ModuleType) -> dict[str, type[BaseModel]]:
    found = [thing for module in modules for _, thing in inspect.getmembers(module, inspect.isclass)]
    return {thing.__name__: thing for thing in found if issubclass(thing, BaseModel)}


def _requests() -> Iterator[tuple[str, list[str], Any]]:
    for path, method, operation in OPERATIONS:
        for body in operation.get("requestBody", {}).get("content", {}).values():
            kinds = body["schema"].get("oneOf", [body["schema"]])
            names = [kind["$ref"].rpartition("/")[2] for kind in kinds if "$ref" in kind]
            given = [item["value"] for item in body.get("examples", {}).values()] + body["schema"].get("examples", [])
            for value in given if names else []:
                yield f"{method} {path}", names, value


@pytest.mark.parametrize(("operation", "names", "value"), list(_requests()))
def test_an_example_of_a_request_is_valid_as_one_kind_of_body(operation: str, names: list[str], value: Any) -> None:
    models = _models(articles, claims, common, ninjs, stories, webhooks)
    assert len([name for name in names if _accepts(models[name], value)]) == 1


def _accepts(model: type[BaseModel], value: Any) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


def test_every_operation_with_a_body_has_an_example_of_one() -> None:
    shown = {operation for operation, _, _ in _requests()}
    wanted = {f"{method} {path}" for path, method, operation in OPERATIONS if "requestBody" in operation}
    assert wanted - shown == {"post /v1/articles/batch"}  # whose examples are one for each media type
    for item in examples.BATCH_IN["articles"][:1]:
        articles.ArticleIn.model_validate(item)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.operation_id))
def test_an_example_of_an_answer_has_the_shape_it_shows(route: APIRoute) -> None:
    [method] = route.methods
    for status, response in DOCUMENT["paths"][route.path][method.lower()]["responses"].items():
        for media_type, body in response.get("content", {}).items():
            if media_type == "application/problem+json":
                for example in body.get("examples", {}).values():
                    assert Problem.model_validate(example["value"]).status == int(status)
            elif media_type == "application/json":
                model = route.responses.get(int(status), {}).get("model", route.response_model)
                shape: TypeAdapter[Any] = TypeAdapter(model)
                assert shape.dump_python(shape.validate_python(body["example"]), mode="json") == body["example"]


def test_the_examples_quote_their_texts() -> None:
    quoted = 0
    texts = {examples.ARTICLE_ID: examples.TEXT, examples.OTHER_ARTICLE_ID: examples.OTHER_TEXT}

    def walk(value: Any) -> None:
        nonlocal quoted
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item)
        if isinstance(value, dict) and "exact" in value:
            text = texts[value.get("article_id", examples.ARTICLE_ID)]
            assert text[value["start"] : value["end"]] == value["exact"]
            quoted += 1

    for example in (examples.ARTICLE_DETAIL, examples.CONFLICT, examples.TIMELINE_PAGE, examples.GROUP_PAGE):
        walk(example)
    assert quoted >= 8
    holder = examples.CLAIM_OUT["holder"]
    assert examples.TEXT[holder["start"] : holder["end"]] == "Mayor Ines Corbeau"
