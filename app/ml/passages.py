"""The exact text that the pair model reads, in training and in service: change it only with the weights."""

from __future__ import annotations

from app.domain.values import Passage

SEPARATOR = " | "
OPEN, CLOSE = "«", "»"
"""Marks around the slot that is asked about; each is one piece of the models' vocabulary."""
CONTEXT_WORDS = 40
SENTENCE_WORDS = 70
_PLAIN = str.maketrans({OPEN: '"', CLOSE: '"'})


def passage_text(passage: Passage) -> str:
    """One side of a pair: ``context | sentence``, or the sentence alone; title and date are not read.

    The sentence keeps its first words, the context its last ones, which stand nearest to the sentence. The slot is
    written between marks, ``killed « 14 » people``; marks of the article itself become plain quotes.
    """
    before = " ".join(passage.context.translate(_PLAIN).split()[-CONTEXT_WORDS:])
    said = " ".join(_marked(passage.text.translate(_PLAIN), passage.slot).split()[:SENTENCE_WORDS])
    return f"{before}{SEPARATOR}{said}" if before else said


def _marked(text: str, slot: tuple[int, int] | None) -> str:
    if slot is None:
        return text
    start, end = slot
    return f"{text[:start]}{OPEN} {text[start:end]} {CLOSE}{text[end:]}"
