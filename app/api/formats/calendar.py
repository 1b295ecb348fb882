"""iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

from app.api.formats.characters import printable
from app.api.schemas.stories import TimelineItem

MEDIA_TYPE = "text/calendar; charset=utf-8"


def timeline_ics(items: Iterable[TimelineItem], *, title: str | None, now: datetime) -> bytes:
    """One all-day event for each entry, from the first to the last day that its date can mean.

    A time of day is written without a zone, as articles give it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Claimline//Timeline//EN")
    calendar.add("version", "2.0")
    if title is not None:
        calendar.add("x-wr-calname", vText(printable(title)))  # else it is not escaped
    for item in items:
        calendar.add_component(_event(item, now=now))
    written: bytes = calendar.to_ical()
    return written


def _event(item: TimelineItem, *, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{item.id}@claimline")
    event.add("dtstamp", now)
    event.add("summary", printable(item.text))
    quotes = [printable(piece.exact) for piece in item.evidence]
    event.add("description", "\n\n".join([*quotes, f"Date: {item.date.edtf} ({item.date.basis})"]))
    event.add("transp", "TRANSPARENT")
    if item.date.precision == "minute" and "/" not in item.date.edtf:
        event.add("dtstart", datetime.fromisoformat(item.date.edtf).replace(tzinfo=None))
        return event
    # An interval that is open at one end is shown at its other.
    event.add("dtstart", item.date.earliest if item.date.earliest > date.min else item.date.latest)
    if item.date.latest < date.max:
        event.add("dtend", item.date.latest + timedelta(days=1))  # exclusive
    return event
