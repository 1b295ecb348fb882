"""Which events of the question families are trained on, and which belong together."""

from __future__ import annotations

from app.ml.families import Event

HELD_OUT_PER_AUTHOR = 1


def hold_out(events: list[Event], *, per_author: int = HELD_OUT_PER_AUTHOR) -> tuple[list[Event], list[Event]]:
    """Split into (train, tune): the last events of every author are kept for tuning and calibration.

    Author g wrote pairs of look-alike events, so both of a pair go to the same side.
    """
    by_author: dict[str, list[Event]] = {}
    for event in events:
        by_author.setdefault(event.author, []).append(event)
    held = {
        event.id
        for author, own in by_author.items()
        for event in own[len(own) - per_author * (2 if author == "g" else 1) :]
    }
    return [event for event in events if event.id not in held], [event for event in events if event.id in held]


def twins(events: list[Event]) -> list[tuple[Event, ...]]:
    """Events grouped with their look-alike (author g: consecutive files), all others alone."""
    groups: list[tuple[Event, ...]] = []
    waiting: Event | None = None
    for event in events:
        if event.author != "g":
            groups.append((event,))
        elif waiting is None:
            waiting = event
        else:
            groups.append((waiting, event))
            waiting = None
    return [*groups, (waiting,)] if waiting else groups
