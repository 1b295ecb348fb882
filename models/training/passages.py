"""The exact text that the question models read. The runtime uses the same functions: change both or neither."""

from __future__ import annotations

from datetime import date

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


def passage(sentence: str, *, context: str = "", title: str | None = None, published: date | None = None) -> str:
    """One side of the question head's pair: ``title | context | publication date | sentence``; what is missing is
    left out with its separator.

    ``context`` is the sentence before in the same article. The title and the sentence keep their first words, the
    context its last ones, which stand nearest to the sentence. The date is written with its weekday
    ("Sunday 9 March 2025") so that "on Tuesday" can be resolved by the reader.
    """
    parts = (
        _first(title or "", TITLE_WORDS),
        _last(context, CONTEXT_WORDS),
        written_date(published) if published else "",
        _first(sentence, SENTENCE_WORDS),
    )
    return SEPARATOR.join(part for part in parts if part)


def written_date(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def encoder_input(sentence: str, *, context: str = "") -> tuple[str, str] | tuple[str]:
    """What the question encoder's tokenizer gets: the sentence, or (context, sentence) as a text pair.

    The vector is the mean over the sentence's tokens only (``token_type_ids`` 1 of a pair): the context is read so
    that pronouns resolve, and is not itself embedded.
    """
    sentence = _first(sentence, SENTENCE_WORDS)
    return (_last(context, CONTEXT_WORDS), sentence) if context.strip() else (sentence,)


def _first(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def _last(text: str, words: int) -> str:
    return " ".join(text.split()[-words:])
