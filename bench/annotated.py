"""Annotated stories in StoryBench's form, read in process as the service would read them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from app.domain import when
from app.domain.matching import Scores
from app.domain.ports import Encoder
from app.domain.questions import slot_keys
from app.domain.thresholds import LIMITS, Thresholds
from app.domain.values import Known
from app.language.reader import SpacyReader
from app.ml.runtime import Models
from app.pipeline.judging import Pair, score
from app.store.candidates import ALIKE, BY_SLOT, NEAREST

Quote = tuple[str, int, int]  # article, start, end
Judged = dict[tuple[int, int], Scores]


@dataclass(frozen=True, slots=True)
class Story:
    """An annotated story with its claims and what the models said of their pairs (by the claims' indices)."""

    gold: dict[str, Any]
    claims: list[Known]
    judged: Judged

    def quote(self, given: dict[str, str]) -> Quote:
        text = next(a["text"] for a in self.gold["articles"] if a["id"] == given["article"])
        start = text.index(given["quote"])
        return given["article"], start, start + len(given["quote"])


def read_story(path: Path, reader: SpacyReader, models: Models, limits: Thresholds = LIMITS) -> Story:
    """A story with all that the service would know of it."""
    story = unjudged_story(path, reader, models.encoder, models.question_encoder)
    claims = _weighed(story.claims, models)
    judged: Judged = {}
    for article in dict.fromkeys(known.article_id for known in claims):  # each meets the ones before it
        own = [places for places in story.judged if claims[places[1]].article_id == article]
        pairs = [_pair(claims, places, story.judged[places]) for places in own]
        scores = score(pairs, question=models.question, thresholds=limits)
        judged |= zip(own, scores, strict=True)
    return Story(story.gold, claims, judged)


def _pair(claims: Sequence[Known], places: tuple[int, int], known: Scores) -> Pair:
    one, other = (claims[place] for place in places)
    return Pair(one, other, known.similarity, known.nearness, known.between, known.crowd)


def unjudged_story(path: Path, reader: SpacyReader, encoder: Encoder, question_encoder: Encoder) -> Story:
    """A story with its claims and the pairs that would be candidates, before any model has read two of them together
    or weighed one."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    claims = list(_dated(_claims(gold, reader)))
    texts = [known.claim.exact for known in claims]
    vectors, questions = (np.array(model.encode(texts)) for model in (encoder, question_encoder))
    similarity, nearness = vectors @ vectors.T, questions @ questions.T
    scores = {
        (i, j): Scores(
            float(similarity[i, j]),
            float(nearness[i, j]),
            _between(claims, nearness, i, j),
            _between(claims, similarity, i, j),
        )
        for i, j in _candidates(claims, nearness, similarity)
    }
    return Story(gold, claims, scores)


def _weighed(claims: Sequence[Known], models: Models) -> list[Known]:
    """With their check-worthiness."""
    scores = models.worthiness.score([known.claim for known in claims])
    return [
        replace(known, claim=replace(known.claim, check_worthiness=round(score, 4)))
        for known, score in zip(claims, scores, strict=True)
    ]


def _claims(gold: dict[str, Any], reader: SpacyReader) -> Iterator[Known]:
    stored, number = datetime(2000, 1, 1, tzinfo=UTC), itertools.count()
    for article in gold["articles"]:
        at = datetime.fromisoformat(article["published_at"]) if article["published_at"] else None
        reading = reader.read(article["text"], title=article["title"], published_at=at)
        if at is None and reading.dated:
            at = datetime.combine(reading.dated, datetime.min.time(), UTC)
        for claim in reading.claims:
            name = str(UUID(int=next(number)))
            yield Known(name, article["id"], claim, article["source"], article["title"], at, stored, article["id"])


def _dated(claims: Iterable[Known]) -> Iterator[Known]:
    """Undated articles' relative dates against the median day of the story's articles, as the service does it."""
    listed = list(claims)
    days = sorted({k.article_id: k.published_at.date() for k in listed if k.published_at}.values())
    for known in listed:
        if known.published_at is None and days:
            times = tuple(when.resolve_against_story(t, days[(len(days) - 1) // 2]) for t in known.claim.times)
            yield replace(known, claim=replace(known.claim, times=times))
        else:
            yield known


def _candidates(claims: Sequence[Known], nearness: Any, similarity: Any) -> set[tuple[int, int]]:
    """The pairs that ``store.candidates`` would find, each article meeting the ones before it in file order."""
    articles = {article: n for n, article in enumerate(dict.fromkeys(k.article_id for k in claims))}
    place = np.array([articles[k.article_id] for k in claims])
    keys = [set(slot_keys(k.claim)) for k in claims]
    found: set[tuple[int, int]] = set()
    for i in range(len(claims)):
        earlier = np.flatnonzero(place < place[i])
        ranked = earlier[np.argsort(-nearness[i, earlier], kind="stable")].tolist()
        sharing = [j for j in ranked if keys[i] & keys[j]]
        alike = earlier[np.argsort(-similarity[i, earlier], kind="stable")].tolist()
        found |= {(j, i) for j in (*ranked[:NEAREST], *sharing[:BY_SLOT], *alike[:ALIKE])}
    return found


def _between(claims: Sequence[Known], nearness: Any, i: int, j: int) -> int:
    """How many claims of the two articles are nearer to one of these claims than the other is."""
    own, other = claims[i].article_id, claims[j].article_id
    back = sum(k.article_id == own and nearness[j, n] > nearness[i, j] for n, k in enumerate(claims))
    return back + sum(k.article_id == other and nearness[i, n] > nearness[i, j] for n, k in enumerate(claims))
