"""Summaries in a model's words, on the real reader, models and PostgreSQL; what is written is given by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from app.domain.ports import EntailmentModel, Summariser
from app.ml.runtime import Replacements, load_models
from app.pipeline.abstracting import Abstractor
from app.pipeline.analyse import Analyst
from app.settings import Settings
from app.store.engine import SessionFactory
from app.store.tables import Article, ArticleSummary
from tests.ml import checkpoints

NOW = datetime(2025, 5, 20, 12, tzinfo=UTC)
TEXT = """The bridge over the Tesk at Ulm was closed on Friday after a lorry carrying timber overturned.

Two drivers were taken to hospital with broken bones, the hospital said. Mayor Ana Brel said the repair would cost \
4 million crowns and take until June.

Buses take the longer road through the village of Sant Orm. The council may open the old bridge to them next week."""


class Writer:
    """A summariser that writes what it was given."""

    version = "writer@1"

    def __init__(self, summary: str) -> None:
        self._summary = summary

    def write(self, _: str, /) -> str:
        return self._summary


@pytest.fixture
def summarise(
    sessions: SessionFactory, session: Session, parts: dict[str, Any], entailment: EntailmentModel
) -> Callable[[str], ArticleSummary]:
    """The stored summary of TEXT, of Friday 9 May 2025, given what the model writes."""

    def _summarise(written: str | Summariser) -> ArticleSummary:
        analyst = Analyst(sessions=sessions, now=lambda: NOW, summary_sentences=3, story_window=timedelta(14), **parts)
        summariser = Writer(written) if isinstance(written, str) else written
        abstractor = Abstractor(summariser, analyst.reader, analyst.encoder, entailment, limit=3)
        article = Article(text=TEXT, fingerprint="x", published_at=datetime(2025, 5, 9, 18, tzinfo=UTC))
        session.add(article)
        session.commit()
        replace(analyst, abstractor=abstractor).analyse(article.id)
        session.expire_all()
        summary = session.get(ArticleSummary, article.id)
        assert summary is not None
        assert all(
            TEXT[e["start"] : e["end"]] == e["exact"] and e["exact"]
            for sentence in summary.sentences
            for e in sentence["evidence"]
        )
        return summary

    return _summarise


def test_sentences_that_hold_are_the_summary(
    summarise: Callable[[str], ArticleSummary], entailment: EntailmentModel
) -> None:
    said = ["The Tesk bridge at Ulm was closed on Friday.", "Buses go through Sant Orm."]
    summary = summarise(" ".join(said))
    assert (summary.text, summary.method) == (" ".join(said), "abstractive")
    assert summary.model == f"abstractive-1+writer@1+{entailment.version}"
    assert [sentence["text"] for sentence in summary.sentences] == said
    assert "closed on Friday" in summary.sentences[0]["evidence"][0]["exact"]


@pytest.mark.parametrize(
    "said",
    [
        "Three drivers were taken to hospital.",
        "The bridge was closed on 10 May.",
        "Mayor Ana Brel said the repair would cost 4 billion crowns.",
        "Mayor Ilya Marr said the repair would cost 4 million crowns.",
        "The bridge over the Tesk was not closed on Friday.",
        "The bridge at Ulm was sold to a bank.",
        "the bridge at ulm was closed on friday.",
        "The council opens the old bridge next week.",
        "",
        "- - -\n\n```",
    ],
)
def test_with_nothing_that_holds_the_extractive_summary_stands(
    said: str, summarise: Callable[[str], ArticleSummary]
) -> None:
    summary = summarise(said)
    assert summary.method == "extractive"
    assert "writer@1" not in summary.model


def test_a_checkpoints_words_go_through_the_same_gate(
    tmp_path: Path, summarise: Callable[[str | Summariser], ArticleSummary]
) -> None:
    pytest.importorskip("torch", reason="claimline[torch] is not installed")
    folder = checkpoints.taught(
        tmp_path / "taught", TEXT, "The Tesk bridge at Ulm was closed on Friday. Nine drivers were taken to hospital."
    )
    chosen = Replacements(summariser=str(folder))
    summariser = load_models(Settings().models_dir, threads=1, batch_tokens=512, replacements=chosen).summariser
    assert summariser is not None
    summary = summarise(summariser)
    assert (summary.text, summary.method) == ("The Tesk bridge at Ulm was closed on Friday.", "abstractive")
    assert summary.model.startswith("abstractive-1+taught@")


def test_what_fails_is_dropped_from_among_the_rest(summarise: Callable[[str], ArticleSummary]) -> None:
    summary = summarise(
        "Here is a summary of the article:\n\n"
        "The bridge at Ulm was closed after a lorry overturned. Three people died. "
        "Two drivers were taken to hospital with broken bones. It was sold to a bank."
    )
    assert summary.method == "abstractive"
    assert summary.text == (
        "The bridge at Ulm was closed after a lorry overturned. Two drivers were taken to hospital with broken bones."
    )
