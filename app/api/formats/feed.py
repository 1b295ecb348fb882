"""Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree as ET

from app.api.formats.characters import printable
from app.api.schemas.stories import ConflictOut

MEDIA_TYPE = "application/atom+xml"


def conflicts_atom(reports: Sequence[ConflictOut], *, feed_id: UUID, address: str, now: datetime) -> bytes:
    """An entry for each report, in the order given. ``address``: the feed's own, which other links are relative to."""
    feed = ET.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _add(feed, "id", f"urn:uuid:{feed_id}")
    _add(feed, "title", "New conflict reports")
    ET.SubElement(feed, "link", rel="self", type=MEDIA_TYPE, href=address)
    _add(feed, "updated", max((report.detected_at for report in reports), default=now).isoformat())
    _add(ET.SubElement(feed, "author"), "name", "Claimline")
    for report in reports:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"urn:uuid:{report.id}")
        _add(entry, "title", report.question)
        _add(entry, "published", report.detected_at.isoformat())
        _add(entry, "updated", report.detected_at.isoformat())
        ET.SubElement(entry, "link", rel="alternate", type="application/json", href=f"/v1/conflicts/{report.id}")
        ET.SubElement(entry, "category", term=report.verdict)
        ET.SubElement(entry, "category", term=report.kind)
        _add(entry, "summary", report.explanation)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = printable(text)
