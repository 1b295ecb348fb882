"""The exact text that the question models read. The runtime uses the same functions: change both or neither."""

from __future__ import annotations

SEPARATOR = " | "
CONTEXT_WORDS = 40
SENTENCE_WORDS = 70


def passage(sentence: str, *, context: str = "") -> str:
    """One side of the question head's pair: ``context | sentence``, or the sentence alone.

    ``context`` is the sentence before in the same article. The sentence keeps its first words, the context its last
    ones, which stand nearest to the sentence.
    """
    before, said = _last(context, CONTEXT_WORDS), _first(sentence, SENTENCE_WORDS)
    return f"{before}{SEPARATOR}{said}" if before else said


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
