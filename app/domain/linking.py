"""Which story an article belongs to: single-pass clustering of a news stream, as in topic detection and tracking.

An article joins the story of the known articles it is most likely about the same event with, or starts a story. The
evidence for a pair of articles is a log-odds sum of named gates:

- ``similarity``: cosine of the two article vectors (title and opening, so what happened weighs most);
- ``names``: cosine of the people, places and organisations they mention, rare names weighing more. This is what tells
  apart two fires, two mergers or two elections of one week, which read alike and happen to others;
- ``gap``: within the story window time says nothing; beyond it each doubling of the gap costs the same again.

Rarity is counted among the stories of the candidates themselves: a name that all of them share decides nothing. See
Allan, Papka and Lavrenko 1998, "On-line new event detection and tracking", for the method and B-cubed for its measure.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

VERSION = "linking-1"
CANDIDATES = 20  # nearest articles worth asking the index for

SIMILARITY_WEIGHT = 9.0
NAMES_WEIGHT = 14.0
PRIOR = -7.5
THRESHOLD = 0.5
GAP_WEIGHT = 1.5
UNKNOWN_NAMES = 0.15  # stands in for ``names`` when one of two articles mentions none

_WORD = re.compile(r"[^\W\d_]{3,}")
_IGNORED = frozenset({"the", "and", "for"})

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class LinkFeatures:
    """The article to place: the day it was published, if known, and the names it mentions, one for each mention."""

    published: date | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article near it that has a story; ``similarity`` is the cosine of the two article vectors."""

    article_id: str
    story_id: str
    similarity: float
    published: date | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryChoice:
    """The story chosen; ``score`` is the probability that the article belongs to it, ``gates`` what it stands on."""

    story_id: str
    score: float
    gates: Mapping[str, float]


def choose_story(article: LinkFeatures, candidates: Sequence[Candidate], *, window_days: int) -> StoryChoice | None:
    """The story the article belongs to, or None when it starts one of its own.

    ``candidates`` are its nearest neighbours by vector (``CANDIDATES`` of them; fewer is fine), in any order. An
    article without a date is compared without regard to time. Ties go to the lower story id.
    """
    if not candidates:
        return None
    mentions = {c.article_id: Counter(_words(c.names)) for c in candidates}
    weigh = _rarity(candidates, mentions=mentions)
    own = _unit(Counter(_words(article.names)), weigh=weigh)
    choices = [
        _judge(
            candidate,
            names=_cosine(own, _unit(mentions[candidate.article_id], weigh=weigh)),
            gap=_gap(article.published, candidate.published, window_days=window_days),
        )
        for candidate in candidates
    ]
    likely = [choice for choice in choices if choice.score >= THRESHOLD]
    return min(likely, key=lambda choice: (-choice.score, choice.story_id), default=None)


def _judge(candidate: Candidate, *, names: float, gap: float) -> StoryChoice:
    odds = PRIOR + SIMILARITY_WEIGHT * candidate.similarity + NAMES_WEIGHT * names - GAP_WEIGHT * gap
    gates = {"similarity": candidate.similarity, "names": names, "gap": gap}
    return StoryChoice(candidate.story_id, 1.0 / (1.0 + math.exp(-odds)), MappingProxyType(gates))


def _words(names: Iterable[str]) -> Iterator[str]:
    """Names word by word, so that a surname meets the full name."""
    for name in names:
        for word in _WORD.findall(name.casefold()):
            if word not in _IGNORED:
                yield word


def _rarity(candidates: Sequence[Candidate], *, mentions: Mapping[str, Counter[str]]) -> Weigh:
    """Inverse story frequency; a name that no candidate has weighs as much as one that a single story has."""
    by_story: defaultdict[str, set[str]] = defaultdict(set)
    for candidate in candidates:
        by_story[candidate.story_id].update(mentions[candidate.article_id])
    stories = Counter(word for words in by_story.values() for word in words)
    return lambda word: math.log1p(len(by_story) / max(1, stories[word]))


def _unit(mentions: Counter[str], *, weigh: Weigh) -> dict[str, float]:
    """Log-scaled counts times rarity, L2-normalised; empty when there is no name."""
    weights = {word: weigh(word) * (1.0 + math.log(count)) for word, count in mentions.items()}
    norm = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {word: weight / norm for word, weight in weights.items()}


def _cosine(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    if not first or not second:
        return UNKNOWN_NAMES
    return math.fsum(weight * second.get(word, 0.0) for word, weight in sorted(first.items()))


def _gap(first: date | None, second: date | None, *, window_days: int) -> float:
    """Doublings of the window between two days; 0 inside it and when a day is unknown."""
    if first is None or second is None:
        return 0.0
    return max(0.0, math.log2(max(1, abs((first - second).days)) / window_days))
