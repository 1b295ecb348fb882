"""An article's summary in a model's own words, held to what the article says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import structlog

from app.domain import abstractive
from app.domain.ports import Encoder, EntailmentModel, Reader, Summariser, Vector
from app.domain.values import Reading, Summary
from app.store.tables import Article

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Abstractor:
    """What writes a summary, and what its sentences are checked with. ``limit`` is how many are kept, at most."""

    summariser: Summariser
    reader: Reader
    encoder: Encoder
    entailment: EntailmentModel
    limit: int

    def write(self, article: Article, reading: Reading, vectors: Sequence[Vector]) -> Summary | None:
        """The summary of an article as it was read, with a vector for each of its sentences. None when nothing that
        the model wrote holds."""
        published_at = article.published_at
        if published_at is None and reading.dated is not None:
            published_at = datetime.combine(reading.dated, time(), UTC)
        written = self.summariser.write(article.text)
        draft = self.reader.read(written, title=article.title, published_at=published_at)
        options = abstractive.options(
            draft,
            reading,
            draft_vectors=self.encoder.encode([sentence.exact for sentence in draft.sentences]),
            article_vectors=vectors,
        )
        judged = zip(options, self.entailment.judge([option.pair for option in options]), strict=True)
        model = f"{self.summariser.version}+{self.entailment.version}"
        summary = abstractive.summarise(list(judged), limit=self.limit, model=model)
        log.info(
            "summary_gated",
            written=len(draft.sentences),
            grounded=len({option.place for option in options}),
            kept=len(summary.sentences) if summary else 0,
        )
        return summary
