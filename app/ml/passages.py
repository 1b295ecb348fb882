"""The exact text that the question head reads, in training (``models/training/passages.py``) and here: change it only
with the weights."""

from __future__ import annotations

from app.domain.values import Passage

SEPARATOR = " | "
CONTEXT_WORDS = 40
SENTENCE_WORDS = 70


def passage_text(passage: Passage) -> str:
    """One side of a pair: ``context | sentence``, or the sentence alone; title and date are not read.

    The sentence keeps its first words, the context its last ones, which stand nearest to the sentence.
    """
    before = " ".join(passage.context.split()[-CONTEXT_WORDS:])
    said = " ".join(passage.text.split()[:SENTENCE_WORDS])
    return f"{before}{SEPARATOR}{said}" if before else said
