"""Extractive summaries: sentences of the article itself, so that every word of a summary stands on its text.

A sentence is chosen for being near the centroid of the article's sentence vectors (Radev et al. 2004, "Centroid-based
summarization"), for standing early, as news puts its point first, and for adding to what is chosen already (maximal
marginal relevance, Carbonell and Goldstein 1998). A sentence that leans on the one before it ("They", "However") is
held back unless that one is chosen too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from app.domain.ports import Vector
from app.domain.values import BlockKind, Sentence, Span, Summary, SummarySentence

VERSION = "extractive-1"

CENTRALITY_WEIGHT = 1.0
POSITION_WEIGHT = 1.5
POSITION_DECAY = 1.5  # sentences after which an early position is worth 1/e
LENGTH_WEIGHT = 0.3
FULL_LENGTH = 15  # words from which a sentence is long enough
REDUNDANCY_WEIGHT = 0.6
LEANING_PENALTY = 1.6  # more than the best position: an opening that leans on nothing is no lead
REPEATED = 0.95  # cosine from which a sentence says nothing that a chosen one does not
MIN_WORDS = 5

_BODY = (BlockKind.PARAGRAPH, BlockKind.BULLET)
_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")
_END = re.compile(r"[.!…][\"'”’)\]]*$")
_QUESTION = re.compile(r"\?[\"'”’)\]]*$")
_BYLINE = re.compile(
    r"^(?:by|from|reporting by|additional reporting|edited by|editing by|author|photo|updated|published|posted)\b[^.]*$"
    r"|^\(?(?:reporting|editing|writing|photo) by\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^[\"'“‘(]?(?:he|she|it|they|we|i|you|his|her|its|their|our|my|him|them|this|that|these|those|such|here|there"
    r"|but|and|or|so|yet|nor|then|also|however|meanwhile|moreover|furthermore|instead|still|otherwise|besides"
    r"|therefore|thus|hence|nevertheless|nonetheless|similarly|likewise|indeed|afterwards|later|both|another|others"
    r"|the latter|the former|the same|the pair|the two|as a result|in addition|in contrast|by contrast|for example"
    r"|for instance|in response|in turn|on the other hand|at the same time|after that|before that|in conclusion)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Option:
    """A sentence that may be chosen; ``place`` is its index in the article, ``merit`` its worth before redundancy."""

    sentence: Sentence
    vector: Vector
    place: int
    merit: float
    is_leaning: bool


def summarise(sentences: Sequence[Sentence], vectors: Sequence[Vector], *, limit: int, model: str) -> Summary | None:
    """At most ``limit`` sentences of an article, in its order, or None when it has none.

    ``vectors`` are the L2-normalised sentence vectors, one for each sentence; ``model`` is the version of what made
    them. Headings, metadata, bylines and questions are never chosen while the article has a plain sentence.
    """
    options = _options(sentences, vectors)
    chosen: list[_Option] = []
    while options and len(chosen) < limit:
        best = max(options, key=lambda option: (_gain(option, chosen=chosen), -option.place))
        chosen.append(best)
        options = [option for option in options if dot(option.vector, best.vector) < REPEATED]
    if not chosen:
        return None
    picked = [option.sentence for option in sorted(chosen, key=lambda option: option.sentence.start)]
    parts = tuple(SummarySentence(" ".join(s.exact.split()), (Span(s.start, s.end, s.exact),)) for s in picked)
    return Summary(" ".join(part.text for part in parts), "extractive", f"{VERSION}+{model}", parts)


def _options(sentences: Sequence[Sentence], vectors: Sequence[Vector]) -> list[_Option]:
    """The sentences to choose from: those of the strictest test that any passes."""
    numbered = list(enumerate(zip(sentences, vectors, strict=True)))
    for is_eligible in (is_plain, is_body, _is_any):
        eligible = [(place, s, vector) for place, (s, vector) in numbered if is_eligible(s)]
        if eligible:
            break
    else:
        return []
    centre = _centroid([vector for _, _, vector in eligible])
    return [
        _Option(s, vector, place, _merit(s, vector, rank=rank, centre=centre), is_leaning(s.exact))
        for rank, (place, s, vector) in enumerate(eligible)
    ]


def is_plain(sentence: Sentence) -> bool:
    text = sentence.exact
    return (
        sentence.block in _BODY
        and len(_WORD.findall(text)) >= MIN_WORDS
        and _END.search(text) is not None
        and not _BYLINE.match(text)
    )


def is_body(sentence: Sentence) -> bool:
    text = sentence.exact
    return (
        sentence.block in _BODY
        and not _QUESTION.search(text)
        and not _BYLINE.match(text)
        and _WORD.search(text) is not None
    )


def _is_any(sentence: Sentence) -> bool:
    return bool(sentence.exact.strip())


def is_leaning(text: str) -> bool:
    """Does it need the sentence before: by its opening, or as the middle or end of a longer quotation?"""
    is_inside_quote = text.count('"') % 2 == 1 or text.count("“") != text.count("”")
    return is_inside_quote or _LEANING.match(text) is not None


def _merit(sentence: Sentence, vector: Vector, *, rank: int, centre: Vector) -> float:
    length = min(len(_WORD.findall(sentence.exact)), FULL_LENGTH) / FULL_LENGTH
    position = math.exp(-rank / POSITION_DECAY)
    return CENTRALITY_WEIGHT * dot(vector, centre) + POSITION_WEIGHT * position + LENGTH_WEIGHT * length


def _gain(option: _Option, *, chosen: Sequence[_Option]) -> float:
    redundancy = max((dot(option.vector, other.vector) for other in chosen), default=0.0)
    is_led = any(other.place == option.place - 1 for other in chosen)
    leaning = LEANING_PENALTY if option.is_leaning and not is_led else 0.0
    return option.merit - REDUNDANCY_WEIGHT * max(0.0, redundancy) - leaning


def _centroid(vectors: Sequence[Vector]) -> Vector:
    """The normalised mean; zero when the vectors cancel out."""
    total = [math.fsum(column) for column in zip(*vectors, strict=True)]
    norm = math.sqrt(dot(total, total))
    return [value / norm for value in total] if norm else total


def dot(first: Vector, second: Vector) -> float:
    total: float = sum(map(mul, first, second))
    return total
