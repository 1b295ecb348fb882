"""What schemathesis is told of this API: how NDJSON is written, and what a refusal must say."""

from __future__ import annotations

import json
import re
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response, SerializationContext

HOST = re.compile(r"^(https?://)[\w.-]+", re.IGNORECASE)


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def ndjson(_context: SerializationContext, value: Any) -> bytes:
    """A text is sent as it is; anything else is no NDJSON, and is sent as one line of it."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode(errors="surrogatepass")


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Addresses lead nowhere: a made up host may exist, and the service under test would call it."""
    body = _nowhere(case.body)
    if body != case.body:
        case.body = body


def _nowhere(body: Any) -> Any:
    if isinstance(body, list):
        return [_nowhere(item) for item in body]
    if isinstance(body, dict):
        return {key: HOST.sub(r"\1nowhere.invalid", v) if _is_url(key, v) else _nowhere(v) for key, v in body.items()}
    return body


def _is_url(key: str, value: Any) -> bool:
    return key == "url" and isinstance(value, str)


@schemathesis.check
def refusals_name_what_was_sent(_context: CheckContext, response: Response, case: Case) -> None:
    """A request that is right by its schema may be refused for a value in it, and for nothing else: not for a field
    that is missing, not for one too many, not without saying which."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    faults = response.json().get("errors") or []
    assert faults, "the refusal does not say what is wrong"
    for fault in faults:
        assert _was_sent(case, fault["pointer"]), f"{fault['pointer']!r} was not sent: {fault['detail']}"


def _was_sent(case: Case, pointer: str) -> bool:
    if not pointer.startswith("/"):
        return any(pointer.lower() in map(str.lower, given) for given in (case.query, case.headers) if given)
    value: Any = case.body
    for part in pointer[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return False
    return True
