"""Score the language layer in process, every facet in one table.

    python bench/language.py [--facetbench DIR] [--timeml DIR] [--verbose]

Without a folder, our own sentences under tests/language/gold. ``--facetbench`` takes a folder of FacetBench files:
lists of items with text, published_at, and any of quantities, times, holder and factuality; what an item leaves out is
not scored. They are scored the way FacetBench's own scorer reads a server: quantities and times from all claims of an
item, holder and factuality from the claim that covers most of it. ``--timeml`` takes any folder of TimeML (see
``timeml.py``). The aims are those the service was built to.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import timeml

from app.domain.ports import Reader
from app.domain.values import Claim, Quantity, TimeRef
from app.language.parse import SentenceParser
from app.language.reader import SpacyReader

OWN = Path(__file__).parents[1] / "tests" / "language" / "gold"
AIMS = {
    "quantities_value_f1": ">=0.93",
    "quantities_extra": "<=5",
    "times_value_f1": ">=0.88",
    "qualifier_accuracy": ">=0.93",
    "counted_accuracy": ">=0.85",
    "holder_accuracy": ">=0.85",
    "factuality_accuracy": ">=0.88",
    "span_f1_relaxed": ">=0.88",
    "value_f1": ">=0.78",  # published on TempEval-3 Platinum, another test set: HeidelTime 0.776, SUTime 0.674
}
Item = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facetbench", type=Path, help="a folder of FacetBench JSON files, searched in depth")
    parser.add_argument("--timeml", type=Path, help="a folder of TimeML files, searched in depth")
    parser.add_argument("--verbose", action="store_true", help="print each item that is not right")
    args = parser.parse_args()
    sentences = args.facetbench or (None if args.timeml else OWN)
    if sentences:
        gold = list(items(sentences))
        if not gold:
            parser.error(f"no FacetBench items under {sentences}")
        report(str(sentences), *score(gold, SpacyReader()), verbose=args.verbose)
    if args.timeml:
        figures, misses = timeml.score(args.timeml, partial(timeml.find_all, parser=SentenceParser()))
        if not figures["documents"]:
            parser.error(f"no .tml or .xml files under {args.timeml}")
        report(str(args.timeml), figures, misses, verbose=args.verbose)


def report(name: str, figures: dict[str, float], misses: list[str], *, verbose: bool) -> None:
    """Print what is not right, when asked, then the table: figure and aim."""
    if verbose:
        print(*misses, sep="\n")
    print(f"{name:36} {'figure':>7}  {'aim':>7}")
    for facet, value in figures.items():
        figure = f"{value:.3f}" if isinstance(value, float) else str(value)
        print(f"  {facet:34} {figure:>7}  {AIMS.get(facet, ''):>7}")


def items(folder: Path) -> Iterator[Item]:
    """The items of every JSON file of a folder, at any depth, in order of name."""
    for path in sorted(folder.rglob("*.json")):
        yield from json.loads(path.read_text(encoding="utf-8"))


def score(gold: list[Item], reader: Reader) -> tuple[dict[str, float], list[str]]:
    """The figures FacetBench reports, and one line for each thing that is not right."""
    count: Counter[str] = Counter()
    misses: list[str] = []
    for item in gold:
        published = (
            datetime.fromisoformat(item["published_at"]).replace(hour=12, tzinfo=UTC) if item["published_at"] else None
        )
        claims = reader.read(item["text"], title=None, published_at=published).claims
        for facet, judge in (
            ("quantities", _quantities),
            ("times", _times),
            ("holder", _holder),
            ("factuality", _factuality),
        ):
            misses += judge(item, claims, count) if facet in item else []
        count["items"] += 1
    return _figures(count), misses


def _quantities(item: Item, claims: tuple[Claim, ...], count: Counter[str]) -> list[str]:
    got = {(q.start, q.end): q for c in claims for q in c.quantities}
    misses = []
    for gold, match in _aligned(item, "quantities", got, count):
        if match is None:
            misses.append(f"{item['id']} quantities {gold['exact']!r}: missed")
            continue
        is_right = _near(match.low, gold["low"]) and _near(match.high, gold["high"]) and match.unit == gold["unit"]
        named = f"{match.counted or ''} {match.role or ''}".lower()
        is_counted = all(word.lower() in named for word in gold["counted"])
        count["quantities right"] += is_right
        count["qualifier"] += match.qualifier == gold["qualifier"]
        count["counted"] += is_counted
        if not (is_right and is_counted and match.qualifier == gold["qualifier"]):
            misses.append(f"{item['id']} quantities {gold}: got {_say(match)}")
    return misses + [f"{item['id']} quantities extra {text!r}" for text in _extra(item, "quantities", got, count)]


def _times(item: Item, claims: tuple[Claim, ...], count: Counter[str]) -> list[str]:
    got = {(t.start, t.end): t for c in claims for t in c.times if t.edtf}
    misses = []
    for gold, match in _aligned(item, "times", got, count):
        is_right = match is not None and (match.edtf or "").replace("~", "") == gold["edtf"].replace("~", "")
        count["times right"] += is_right
        if not is_right:
            misses.append(f"{item['id']} times {gold['exact']!r} {gold['edtf']}: got {match.edtf if match else None}")
    return misses + [f"{item['id']} times extra {text!r}" for text in _extra(item, "times", got, count)]


def _holder(item: Item, claims: tuple[Claim, ...], count: Counter[str]) -> list[str]:
    main, gold = _widest(claims), item["holder"]
    name = main.holder.name if main and main.holder else ""
    is_right = main is not None and (not name if gold is None else gold.split()[-1].lower() in name.lower())
    count["holder gold"] += 1
    count["holder"] += is_right
    return [] if is_right else [f"{item['id']} holder {gold!r}: got {name!r} in {item['text']!r}"]


def _factuality(item: Item, claims: tuple[Claim, ...], count: Counter[str]) -> list[str]:
    main, gold = _widest(claims), item["factuality"]
    is_right = main is not None and main.factuality == gold
    count["factuality gold"] += 1
    count["factuality"] += is_right
    return (
        []
        if is_right
        else [f"{item['id']} factuality {gold}: got {main and main.factuality.value} in {item['text']!r}"]
    )


def _widest(claims: tuple[Claim, ...]) -> Claim | None:
    return max(claims, key=lambda c: c.end - c.start, default=None)


def _aligned(item: Item, kind: str, got: dict[tuple[int, int], Any], count: Counter[str]) -> Iterator[tuple[Item, Any]]:
    """Each gold expression with what was found at its place, or None."""
    used = set()
    for start, end, gold in _placed(item["text"], item[kind]):
        hits = [k for k in got if k[0] < end and k[1] > start and k not in used]
        count[f"{kind} gold"] += 1
        best = max(hits, key=lambda k: min(k[1], end) - max(k[0], start), default=None)
        if best is not None:
            used.add(best)
            count[f"{kind} found"] += 1
        yield gold, got[best] if best is not None else None


def _extra(item: Item, kind: str, got: dict[tuple[int, int], Any], count: Counter[str]) -> list[str]:
    places = list(_placed(item["text"], item[kind]))
    extra = [k for k in got if not any(k[0] < end and k[1] > start for start, end, _ in places)]
    count[f"{kind} extra"] += len(extra)
    return [item["text"][a:b] for a, b in extra]


def _placed(text: str, expressions: list[Item]) -> Iterator[tuple[int, int, Item]]:
    """Expressions from left to right, so that repeated ones get a place of their own."""
    at = 0
    for expression in expressions:
        start = text.find(expression["exact"], at)
        start = start if start >= 0 else text.index(expression["exact"])
        yield start, start + len(expression["exact"]), expression
        at = start + 1


def _near(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 0.006 * max(abs(a), abs(b), 1e-9)


def _say(found: Quantity | TimeRef) -> str:
    return str(found)


def _figures(count: Counter[str]) -> dict[str, float]:
    out: dict[str, float] = {"items": count["items"]}
    for kind in ("quantities", "times"):
        right, gold = count[f"{kind} right"], count[f"{kind} gold"]
        out[f"{kind}_value_f1"] = _ratio(2 * right, gold + count[f"{kind} found"] + count[f"{kind} extra"])
        out[f"{kind}_found"] = _ratio(count[f"{kind} found"], gold)
        out[f"{kind}_extra"] = count[f"{kind} extra"]
    return out | {
        "qualifier_accuracy": _ratio(count["qualifier"], count["quantities found"]),
        "counted_accuracy": _ratio(count["counted"], count["quantities found"]),
        "holder_accuracy": _ratio(count["holder"], count["holder gold"]),
        "factuality_accuracy": _ratio(count["factuality"], count["factuality gold"]),
    }


def _ratio(a: int, b: int) -> float:
    return a / b if b else 0.0


if __name__ == "__main__":
    main()
