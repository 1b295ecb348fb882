"""What the number grammar reads instead of tokens, because tokenizers cut "10-12k" and "$3.2" in their own way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# "12 300" is one number; at most four groups, so that no text of digits makes the pattern walk back far
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,4}(?!\d| \d)"
_LEXEME = re.compile(rf"{_GROUPED}|\d+(?:[.,]\d+)*|[^\W\d_]+|\S")


class Lexeme(NamedTuple):
    """A run of digits with separators, a run of letters, or one other character; ``end`` is exclusive."""

    start: int
    end: int
    text: str
    lower: str


def lex(text: str) -> list[Lexeme]:
    """Split a text into lexemes, in order, white space left out."""
    return [Lexeme(m.start(), m.end(), m.group(), m.group().lower()) for m in _LEXEME.finditer(text)]


def at(lexemes: Sequence[Lexeme], index: int) -> str:
    """The lower-case lexeme at an index, or "" outside the text."""
    return lexemes[index].lower if 0 <= index < len(lexemes) else ""


def cased(lexemes: Sequence[Lexeme], index: int) -> str:
    """The lexeme at an index as written, or "" outside the text."""
    return lexemes[index].text if 0 <= index < len(lexemes) else ""


def run(lexemes: Sequence[Lexeme], index: int, size: int) -> list[str]:
    """``size`` lower-case lexemes from an index on, "" where the text has ended."""
    return [at(lexemes, index + step) for step in range(size)]


def is_joined(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether a lexeme follows the one before it without white space."""
    return 0 < index < len(lexemes) and lexemes[index - 1].end == lexemes[index].start


def words(text: str) -> frozenset[str]:
    """A closed word list, written as one string."""
    return frozenset(text.split())
