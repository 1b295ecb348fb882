"""Swagger UI, served from our own package data: the page asks no other host for anything."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

_STATIC = Path(__file__).parent / "static"
# Swagger UI sets style attributes and shows small images from data: addresses; everything else is ours.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Serve /docs and the files it needs under /docs/."""
    page = (_STATIC / "index.html").read_text(encoding="utf-8")

    def docs() -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"})

    app.add_api_route("/docs", docs, include_in_schema=False, response_class=HTMLResponse)
    app.mount("/docs", StaticFiles(directory=_STATIC), name="docs")
