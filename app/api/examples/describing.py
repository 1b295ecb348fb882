"""How an example comes into the document: the descriptions of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# FastAPI leaves nulls out of the document it makes, also out of examples, where they say something.
_NULL = "\ue000null"


def shown(value: Any) -> Any:
    """An example, fit to pass through FastAPI; ``with_nulls`` undoes it."""
    return _replaced(value, None, _NULL)


def with_nulls(document: Any) -> Any:
    """The document with the nulls of its examples."""
    return _replaced(document, _NULL, None)


def _replaced(value: Any, old: str | None, new: str | None) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    return new if value == old else value


def ok(
    description: str, example: Any, *, media_type: str = "application/json", links: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The description of a good answer, with its example and the operations that it leads to."""
    found = {"description": description, "content": {media_type: {"example": shown(example)}}}
    return found | ({"links": dict(links)} if links else {})


def link(operation_id: str, description: str, **parameters: str) -> dict[str, Any]:
    """An OpenAPI link: which parameter of that operation a member of the answer (JSON Pointer) is for."""
    given = {name: f"$response.body#{pointer}" for name, pointer in parameters.items()}
    return {operation_id: {"operationId": operation_id, "parameters": given, "description": description}}
