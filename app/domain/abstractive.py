"""Summaries in a model's own words, of which only what the article says is shown.

The draft goes through a gate, sentence by sentence: for some sentences of the article, at most three, it must bring no
number, date or name that is not in them (``domain.grounding``), it must not be surer than the nearest of them ("might
be closed" is not "is closed"), and the entailment model must find that it follows from them. They are its evidence.
What fails is dropped, and what leans on a dropped sentence ("He", "However") with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.grounding import Excerpt, common_words, is_grounded
from app.domain.ports import Vector
from app.domain.summary import dot, is_body, is_leaning, is_plain
from app.domain.values import Entailment, Reading, Sentence, Span, Summary, SummarySentence

VERSION = "abstractive-1"

MOST_EVIDENCE = 3
ENTAILED = 0.75
"""By the shipped model 4.5 % of MNLI's pairs that are not entailed pass, and 56 % of those that are; from 0.5 on it
would be 9.1 % and 71 %. A sentence that is lost costs less than one that is wrong."""


@dataclass(frozen=True, slots=True)
class Option:
    """A sentence of the draft, by its place in it, with the sentences of the article that it may stand on."""

    place: int
    text: str
    evidence: tuple[Sentence, ...]

    @property
    def pair(self) -> tuple[str, str]:
        """Premise and hypothesis, for the entailment model."""
        return " ".join(_line(each.exact) for each in self.evidence), self.text


def options(
    draft: Reading, article: Reading, *, draft_vectors: Sequence[Vector], article_vectors: Sequence[Vector]
) -> list[Option]:
    """What of a draft brings nothing new, in its order: each sentence with the article's nearest ones, fewest first.

    The vectors are L2-normalised, one for each sentence. Sentences that are cut off or written without capitals, which
    would hide the names, are left out.
    """
    places = [place for place, sentence in enumerate(article.sentences) if is_body(sentence)]
    common = frozenset().union(*(common_words(article.sentences[place].exact) for place in places))
    excerpts: dict[int, Excerpt] = {}
    found = []
    for at, (sentence, vector) in enumerate(zip(draft.sentences, draft_vectors, strict=True)):
        if not is_plain(sentence) or not _has_case(sentence.exact):
            continue
        stated = Excerpt(sentence, draft)
        nearest = sorted(places, key=lambda place: (-dot(vector, article_vectors[place]), place))[:MOST_EVIDENCE]
        for place in nearest:
            excerpts.setdefault(place, Excerpt(article.sentences[place], article))
        if not nearest or not _is_as_sure(stated, excerpts[nearest[0]]):
            continue
        for size in range(1, len(nearest) + 1):
            chosen = sorted(nearest[:size])
            if is_grounded(stated, [excerpts[place] for place in chosen], common=common):
                found.append(Option(at, _line(sentence.exact), tuple(article.sentences[place] for place in chosen)))
    return found


def summarise(judged: Sequence[tuple[Option, Entailment]], *, limit: int, model: str) -> Summary | None:
    """The first ``limit`` sentences of the draft that follow from their evidence, or None when there is none.

    ``judged`` are the draft's options with what the entailment model says of their pairs; ``model`` is the version of
    what wrote and what judged.
    """
    kept: dict[int, Option] = {}
    for option, judgement in judged:
        is_lost = is_leaning(option.text) and option.place - 1 not in kept
        is_said = option.text in {each.text for each in kept.values()}
        if judgement.entailment > ENTAILED and not is_lost and not is_said:
            kept[option.place] = option
    parts = tuple(
        SummarySentence(each.text, tuple(Span(s.start, s.end, s.exact) for s in each.evidence))
        for each in list(kept.values())[:limit]
    )
    if not parts:
        return None
    return Summary(" ".join(part.text for part in parts), "abstractive", f"{VERSION}+{model}", parts)


def _is_as_sure(stated: Excerpt, evidence: Excerpt) -> bool:
    """Is each claim asserted, denied, possible or planned as one of the evidence is? Yes where the reader has none."""
    return not evidence.claims or {c.factuality for c in stated.claims} <= {c.factuality for c in evidence.claims}


def _has_case(text: str) -> bool:
    first = next((char for char in text if char.isalnum()), "")
    return first.isupper() or first.isnumeric()


def _line(text: str) -> str:
    return " ".join(text.split())
