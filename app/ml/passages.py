"""The exact text that the question head reads, in training and here: change it only with the weights."""

from __future__ import annotations

from datetime import date

from app.domain.values import Passage

SEPARATOR = " | "
TITLE_WORDS = 16
CONTEXT_WORDS = 40
SENTENCE_WORDS = 70
# Not strftime: its names follow the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def passage_text(passage: Passage) -> str:
    """One side of a pair: ``title | context | publication date | sentence``; what is missing is left out with its
    separator.

    The title and the sentence keep their first words, the context its last ones, which stand nearest to the sentence.
    The date is written with its weekday ("Sunday 9 March 2025"), so that "on Tuesday" can be resolved.
    """
    parts = (
        _first(passage.title or "", TITLE_WORDS),
        _last(passage.context, CONTEXT_WORDS),
        written_date(passage.published) if passage.published else "",
        _first(passage.text, SENTENCE_WORDS),
    )
    return SEPARATOR.join(part for part in parts if part)


def written_date(day: date) -> str:
    """A date with its weekday, in English: "Sunday 9 March 2025"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _first(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def _last(text: str, words: int) -> str:
    return " ".join(text.split()[-words:])
