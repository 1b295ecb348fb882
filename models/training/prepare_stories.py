"""Labelled pairs of claims out of annotated stories (StoryBench's form), for the pair model.

    PYTHONPATH=bench python models/training/prepare_stories.py models/training/stories/*.json --out pairs.jsonl

A pair of claims of two articles is ``opposed`` where the claims stand on two sides of an annotated conflict, and it
is said to ``agree`` where they stand on one side, on one corroboration, or on a trap that is the same fact in other
words or units. The other traps, and claims that are far apart, are ``apart``. Of claims that are near each other and
that nobody annotated only this is known: no editor saw a conflict (``not opposed``).
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotated import Story, unjudged_story
from conflicts import on, pairs
from question_task import NOT_OPPOSED

from app.domain.matching import Scores
from app.language.reader import SpacyReader
from app.ml.pair import LABELS
from app.ml.passages import passage_text
from app.ml.runtime import load_encoder
from app.pipeline.judging import passage
from app.settings import Settings

OPPOSED, AGREE, APART = LABELS
ONE_FACT = frozenset({"paraphrase", "rounding", "unit_conversion"})
MOST_NEAR, MOST_FAR = 70, 15
"""Pairs of a story that nobody annotated: near ones, which are the hard ones, and others. To be calibrated on, all near
ones are wanted."""

Place = tuple[int, int]
"""Two claims of a story, by their indices."""


def annotated_pairs(story: Story) -> dict[Place, str]:
    """Label of each pair of claims of two articles that the annotations speak of."""
    conflicts = [[on(story, p["quotes"]) for p in c["positions"]] for c in story.gold["conflicts"]]
    opposed, one_side = set(), set()
    for sides in conflicts:
        for one, two in itertools.combinations(sides, 2):
            opposed |= pairs(one - two, two - one)
        for side in sides:
            one_side |= pairs(side, side)
    corroborated = {pair for given in story.gold["corroborations"] for pair in _quoted(story, given["quotes"])}
    traps = {pair: t["reason"] for t in story.gold["non_conflicts"] for pair in _quoted(story, t["quotes"])}
    labels = {pair: AGREE if reason in ONE_FACT else APART for pair, reason in traps.items()}
    agreed = one_side | corroborated
    labels |= dict.fromkeys(agreed, AGREE) | dict.fromkeys(opposed, OPPOSED)
    both = agreed & opposed  # a claim of several facts: which of them a pair is about, nobody said
    articles = [known.article_id for known in story.claims]
    return {(i, j): label for (i, j), label in labels.items() if (i, j) not in both and articles[i] != articles[j]}


def _quoted(story: Story, quotes: Iterable[dict[str, str]]) -> Iterator[Place]:
    for x, y in itertools.combinations(quotes, 2):
        yield from pairs(on(story, [x]), on(story, [y]))


def is_near(scores: Scores) -> bool:
    """Whether a reader might take the two claims for one matter, by the encoders alone."""
    return (scores.nearness > 0.5 and scores.between <= 3) or min(scores.between, scores.crowd) <= 1


def rows(story: Story, rng: random.Random, *, most_near: int = MOST_NEAR) -> list[tuple[str, str, str]]:
    """(one text, the other, label) of a story's pairs, as the pair model reads them."""
    labels = annotated_pairs(story)
    others = {(min(pair), max(pair)): scores for pair, scores in story.judged.items()}
    near = [pair for pair, scores in others.items() if pair not in labels and is_near(scores)]
    far = [pair for pair, scores in others.items() if pair not in labels and not is_near(scores)]
    labels |= dict.fromkeys(rng.sample(near, min(most_near, len(near))), NOT_OPPOSED)
    labels |= dict.fromkeys(rng.sample(far, min(MOST_FAR, len(far))), APART)
    texts = [passage_text(passage(known)) for known in story.claims]
    return [(texts[i], texts[j], label) for (i, j), label in labels.items()]


def as_line(name: str, labelled: Iterable[tuple[str, str, str]]) -> str:
    """A story's pairs as JSON: its texts once each, and by label the places of two of them."""
    places: dict[str, int] = {}
    by_label: dict[str, list[Place]] = {}
    for one, two, label in labelled:
        place = tuple(places.setdefault(text, len(places)) for text in (one, two))
        by_label.setdefault(label, []).append(place)
    return json.dumps({"story": name, "texts": list(places), "pairs": by_label}, ensure_ascii=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most-near", type=int, default=MOST_NEAR)
    options = parser.parse_args()
    load = functools.partial(load_encoder, Settings().models_dir, threads=0, batch_tokens=4096)
    reader, encoder, question_encoder = SpacyReader(), load(), load(folder="question-encoder")
    rng = random.Random(0)
    stories = {path.stem: unjudged_story(path, reader, encoder, question_encoder) for path in options.stories}
    found = [as_line(name, rows(story, rng, most_near=options.most_near)) for name, story in stories.items()]
    options.out.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")


if __name__ == "__main__":
    main()
