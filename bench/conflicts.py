"""Conflict reports on annotated stories, in process: what each part of the engine gives, and where it errs.

    python bench/conflicts.py STORY.json... [--verbose]          precision, recall and the error list as shipped
    python bench/conflicts.py STORY.json... --ablate             the same with parts of the engine left out
    python bench/conflicts.py STORY.json... --leave-one-out      each story by thresholds fitted on the others

``bench/stories/*.json`` are stories of our own, written and annotated by hands that had not seen the rules. Stories
are in StoryBench's form (title, articles, conflicts, non_conflicts, corroborations), each read on its own, as with
StoryBench's ``--assigned``. Scored as StoryBench does: a conflict is found when two positions of one report stand on
quotes of two of its sides; a second report on it is a fragment, any other report is a false alarm.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from annotated import Quote, Story, read_story

from app.domain import composition
from app.domain.conflict import Report
from app.domain.matching import Match, Scores, explain, match
from app.domain.thresholds import LIMITS, Thresholds
from app.domain.values import ConflictKind, Known, QuestionJudgement
from app.language.reader import SpacyReader
from app.ml.runtime import load_models
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Matched:
    """A match as it would be stored."""

    first_id: UUID
    second_id: UUID
    kind: str
    slots: str
    relation: str
    confidence: float


def compose(
    story: Story, limits: Thresholds, view: Callable[[Scores], Scores]
) -> tuple[list[Report], list[list[Known]]]:
    """(reports, groups of claims that say the same) as consolidation would make them."""
    found = [
        _stored(story.claims[i], story.claims[j], m)
        for (i, j), scores in story.judged.items()
        for m in match(story.claims[i], story.claims[j], view(scores), thresholds=limits)
    ]
    known = {UUID(k.id): k for k in story.claims}
    return composition.reports(known, found), composition.groups(known, found)


def _stored(a: Known, b: Known, m: Match) -> Matched:
    slots = f"{m.first.start}:{m.first.end}|{m.second.start}:{m.second.end}"
    return Matched(UUID(a.id), UUID(b.id), m.kind, slots, m.relation, m.confidence)


def meets(quote: Quote, known: Known) -> bool:
    """Spans meet when they share at least half of the shorter one."""
    article, start, end = quote
    shared = min(end, known.claim.end) - max(start, known.claim.start)
    shorter = min(end - start, known.claim.end - known.claim.start)
    return article == known.article_id and shared > 0 and 2 * shared >= shorter


def on(story: Story, quotes: Iterable[dict[str, str]]) -> set[int]:
    """The claims, by their indices, that stand on any of the quotes."""
    given = [story.quote(quote) for quote in quotes]
    return {n for n, known in enumerate(story.claims) if any(meets(quote, known) for quote in given)}


def pairs(one: Iterable[int], two: Iterable[int]) -> set[tuple[int, int]]:
    """A claim of the one side with a claim of the other, the lower index first."""
    return {(min(i, j), max(i, j)) for i, j in itertools.product(one, two) if i != j}


def count_up(
    story: Story, limits: Thresholds = LIMITS, view: Callable[[Scores], Scores] = lambda s: s, *, verbose: bool = False
) -> Counter[str]:
    """What was found and what was not, of one story."""
    made, groups = compose(story, limits, view)
    gold = [[[story.quote(q) for q in p["quotes"]] for p in c["positions"]] for c in story.gold["conflicts"]]
    answers = [[g for g, sides in enumerate(gold) if _opposes(r, sides)] for r in made]
    taken = _matching(answers)
    count: Counter[str] = Counter(gold=len(gold), found=len(taken))
    for number, report in enumerate(made):
        tag = _tag(story, report, number in taken.values(), answers[number])
        count[tag] += 1
        if verbose and tag != "ok":
            print(f"[{story.gold['id']}] {tag}: {report.kind} {report.verdict} {report.confidence} {report.question}")
            for position in report.positions:
                print("    -", position.label, [a.known.claim.exact for a in position.answers])
    for g, wanted in enumerate(story.gold["conflicts"]):
        if g in taken:
            count["verdict"] += made[taken[g]].verdict == wanted["verdict"]
            count[f"found {wanted['kind']}"] += 1
        elif verbose:
            print(f"[{story.gold['id']}] missed: {wanted['kind']} {wanted['verdict']} {wanted['question']}")
            print(*_why_missed(story, limits, gold[g]), sep="\n")
        count[f"gold {wanted['kind']}"] += 1
    return count + _groupings(story, gold, groups)


def _opposes(report: Report, sides: list[list[Quote]]) -> bool:
    """Two different positions stand on quotes of two different sides."""
    return any(_is_between(report, one, two) for one, two in itertools.combinations(sides, 2))


def _is_between(report: Report, one: list[Quote], two: list[Quote]) -> bool:
    def positions(quotes: list[Quote]) -> set[int]:
        return {n for n, p in enumerate(report.positions) for a in p.answers if any(meets(q, a.known) for q in quotes)}

    return any(x != y for x in positions(one) for y in positions(two))


def _matching(answers: Sequence[Sequence[int]]) -> dict[int, int]:
    """Annotated conflict to the report that answers it: a largest matching (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(report: int, seen: set[int]) -> bool:
        for g in answers[report]:
            if g not in seen:
                seen.add(g)
                if g not in taken or place(taken[g], seen):
                    taken[g] = report
                    return True
        return False

    for report in range(len(answers)):
        place(report, set())
    return taken


def _tag(story: Story, report: Report, is_taken: bool, answers: Sequence[int]) -> str:
    def stands_on(pairs: Sequence[dict[str, Any]]) -> bool:
        quotes = [[story.quote(q) for q in pair["quotes"]] for pair in pairs]
        return any(_is_between(report, [x], [y]) for own in quotes for x, y in itertools.combinations(own, 2))

    if is_taken or answers:
        return "ok" if is_taken else "fragment"
    if stands_on(story.gold["non_conflicts"]):
        return "trap"
    return "optional" if stands_on(story.gold.get("optional", [])) else "false alarm"


def _groupings(story: Story, gold: list[list[list[Quote]]], groups: list[list[Known]]) -> Counter[str]:
    """Corroborations joined, and sides of a conflict joined by mistake."""

    def are_joined(x: Quote, y: Quote) -> bool:
        return any(any(meets(x, k) for k in group) and any(meets(y, k) for k in group) for group in groups)

    count: Counter[str] = Counter()
    for given in story.gold["corroborations"]:
        for x, y in itertools.combinations(given["quotes"], 2):
            if x["article"] != y["article"]:
                count["corroborations"] += 1
                count["corroborated"] += are_joined(story.quote(x), story.quote(y))
    for sides in gold:
        for one, two in itertools.combinations(sides, 2):
            for x, y in itertools.product(one, two):
                count["sides"] += 1
                count["merged"] += are_joined(x, y)
    return count


def _why_missed(story: Story, limits: Thresholds, sides: list[list[Quote]]) -> Iterator[str]:
    """For the nearest pairs of claims on two sides: the gates that were not passed."""
    pairs = []
    for (i, j), scores in story.judged.items():
        a, b = story.claims[i], story.claims[j]
        on = [{n for n, side in enumerate(sides) if any(meets(q, k) for q in side)} for k in (a, b)]
        if any(x != y for x in on[0] for y in on[1]):
            pairs.append((scores.nearness, a, b, scores))
    if not pairs:
        yield "      no two of its claims were candidates"
    for nearness, a, b, scores in sorted(pairs, key=lambda p: -p[0])[:3]:
        yield f"      {nearness:.2f} {a.claim.exact[:90]!r} / {b.claim.exact[:90]!r}"
        for m in explain(a, b, scores, thresholds=limits):
            failed = ", ".join(f"{g.name} {g.figure:.2f}" for g in m.gates if not g.is_passed)
            yield f"           {m.kind} {m.first.exact[:30]!r} / {m.second.exact[:30]!r}: {failed or m.relation}"


def show(name: str, count: Counter[str]) -> None:
    reported = count["ok"] + count["fragment"] + count["false alarm"] + count["trap"]
    precision, recall = count["ok"] / max(1, reported), count["found"] / max(1, count["gold"])
    print(
        f"{name:34} precision {precision:.2f} recall {recall:.2f} (found {count['found']} of {count['gold']},"
        f" false alarms {count['false alarm']}, traps {count['trap']}, fragments {count['fragment']})"
        f" verdict {count['verdict'] / max(1, count['found']):.2f}"
        f" corroboration {count['corroborated'] / max(1, count['corroborations']):.2f}"
        f" false merges {count['merged'] / max(1, count['sides']):.3f}"
    )


def total_of(counts: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counts, Counter())


def _unmarked(scores: Scores) -> Scores:
    """Every slot is judged as the whole claims are."""
    return replace(scores, marked=dict.fromkeys(scores.marked, scores.whole)) if scores.whole else scores


def _encoder_only(scores: Scores) -> Scores:
    """The cosine of the question vectors in place of the pair model; nothing is known of differences."""
    said = QuestionJudgement(max(0.0, scores.nearness), 1.0)
    return replace(scores, whole=said and scores.whole and said, marked=dict.fromkeys(scores.marked, said))


ABLATIONS: dict[str, Callable[[Scores], Scores]] = {
    "question encoder, facets": _encoder_only,
    "pair model, facets": _unmarked,
    "  + marked slots": lambda s: s,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    models = load_models(Settings().models_dir, threads=0, batch_tokens=4096)
    reader = SpacyReader()
    stories = [read_story(path, reader, models) for path in args.stories]
    total = total_of(count_up(story, verbose=args.verbose) for story in stories)
    show("as shipped", total)
    for kind in ConflictKind:
        print(f"  {kind:12} found {total[f'found {kind}']} of {total[f'gold {kind}']}")
    if args.ablate:
        for name, view in ABLATIONS.items():
            show(name, total_of(count_up(story, LIMITS, view) for story in stories))
    if args.leave_one_out:
        show("leave one story out", total_of(count_up(s, _fit([x for x in stories if x is not s])) for s in stories))


def _fit(stories: Sequence[Story]) -> Thresholds:
    """The thresholds of a small grid with most conflicts found at a precision of 0.8 or more on these stories."""
    grid = [replace(LIMITS, report=LIMITS.report + step) for step in (-0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15)]

    def worth(limits: Thresholds) -> tuple[bool, float, float]:
        count = total_of(count_up(story, limits) for story in stories)
        reported = count["ok"] + count["fragment"] + count["false alarm"] + count["trap"]
        precision = count["ok"] / max(1, reported)
        return precision >= 0.8, count["found"] if precision >= 0.8 else precision, precision

    return max(grid, key=worth)


if __name__ == "__main__":
    main()
