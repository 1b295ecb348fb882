"""The Prefer header (RFC 7240), as far as this service honours it: ``wait``."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request

MOST_SECONDS = 60

_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)


def wait_seconds(prefer: list[str]) -> int | None:
    """Seconds that the client prefers to wait, at most 60; None when it does not say. A preference that cannot be
    understood is ignored, as the RFC asks, and the first of several counts."""
    for preference in ",".join(prefer).split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0].strip())
        if found:
            return min(int(found[1]), MOST_SECONDS)
    return None


async def _wait(
    request: Request,
    prefer: Annotated[
        str | None,
        Header(
            alias="Prefer", description="`wait=N`: answer with the analysis if it is done in N seconds (at most 60)."
        ),
    ] = None,
) -> int | None:
    return wait_seconds(request.headers.getlist("Prefer")) if prefer else None


WaitSeconds = Annotated[int | None, Depends(_wait)]
