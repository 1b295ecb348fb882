"""What the domain and the pipeline ask of the models; ``app.ml`` answers, tests may answer by hand.

Vectors are lists of floats of length ``dimensions``, L2-normalised. ``version`` is "name@revision" and is stored
with everything the model made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.values import Claim, Entailment, Passage, QuestionJudgement, Reading

Vector = list[float]


class Encoder(Protocol):
    """Texts to vectors whose dot product is their similarity."""

    version: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> list[Vector]: ...


class EntailmentModel(Protocol):
    """Does a premise entail or contradict a hypothesis? One judgement for each (premise, hypothesis)."""

    version: str

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]: ...


class QuestionModel(Protocol):
    """Do two passages answer the same question, and do the answers differ? One judgement for each pair.

    ``compare`` reads each passage alone, about the slot that is marked in it, and is cheap; ``judge`` reads the two
    together.
    """

    version: str

    def compare(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]: ...

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]: ...


class WorthinessModel(Protocol):
    """How much a fact-checker would want each claim checked: a probability for each."""

    version: str

    def score(self, claims: Sequence[Claim]) -> list[float]: ...


class Summariser(Protocol):
    """An article's text to a summary in words of its own. Nothing it writes is shown unless ``domain.abstractive``
    finds it in the article."""

    version: str

    def write(self, text: str, /) -> str: ...


class Reader(Protocol):
    """An article's text to its sentences and claims. Deterministic; never raises on any text."""

    version: str

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading: ...
