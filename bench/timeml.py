"""TimeML for ``bench/language.py``: TIMEX3 of type DATE and TIME, anchored at the document creation time.

Spans match when they overlap (relaxed) or are equal (strict); a value counts when a span matches relaxed and the
values are the same, so value F1 = relaxed F1 x accuracy, as in TempEval-3 (UzZaman et al. 2013). An expression of ours
that meets only a DURATION or SET is a false alarm. TIMEX3 and EDTF say some things differently; before comparing:
weeks, weekends and quarters become intervals, seasons their EDTF codes, placeholders (1998-10-XX) what they leave open,
parts of the day (TNI) their day, seconds are cut, open intervals ("since August") become their bound, and PRESENT_REF
and its like agree with a reference of ours that has no value.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.domain.values import TimeRef
from app.domain.when import Anchors
from app.language.dates import find_times, last_time
from app.language.parse import SentenceParser
from app.language.segment import segment
from app.language.sentences import split_sentences

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


def score(folder: Path, find: Callable[[Document], list[TimeRef]]) -> tuple[dict[str, float], list[str]]:
    """The figures of a folder's ``.tml`` and ``.xml`` files by what ``find`` finds in a document, and one line for
    each expression that is not right."""
    count: Counter[str] = Counter()
    misses: list[str] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".tml", ".xml")):
        document = read_timeml(path)
        count["documents"] += 1
        misses += [f"{path.stem} {miss}" for miss in _judge(document, find(document), count)]
    gold, found, matched = count["gold"], count["found"], count["matched"]
    return {
        "documents": count["documents"],
        "expressions": gold,
        "span_f1_relaxed": f1(matched, found, gold),
        "span_precision": matched / max(found, 1),
        "span_recall": matched / max(gold, 1),
        "span_f1_strict": f1(count["strict"], found, gold),
        "value_f1": f1(count["right"], found, gold),
        "value_accuracy_of_matched": count["right"] / max(matched, 1),
    }, misses


def find_all(document: Document, *, parser: SentenceParser) -> list[TimeRef]:
    """What the service's own blocks, sentences, parses and rules find in a document."""
    text = document.text
    bounds = [pair for block in segment(text) for pair in split_sentences(text, block.start, block.end)]
    found: list[TimeRef] = []
    previous: str | None = None
    for parsed in parser.parse(text, bounds):
        refs = find_times(parsed.span, offset=parsed.start, anchors=Anchors(document.created, previous))
        previous = last_time(refs) or previous
        found += refs
    return found


def _judge(document: Document, found: list[TimeRef], count: Counter[str]) -> Iterator[str]:
    used: set[int] = set()
    for gold in (t for t in document.timexes if t.kind in SCORED):
        count["gold"] += 1
        hits = [i for i, ref in enumerate(found) if i not in used and ref.start < gold.end and gold.start < ref.end]
        best = max(hits, key=lambda i: min(found[i].end, gold.end) - max(found[i].start, gold.start), default=None)
        where = f"{gold.exact!r} {gold.value}"
        if best is None:
            yield f"MISSED {where}: {_around(document.text, gold.start, gold.end)}"
            continue
        used.add(best)
        ref = found[best]
        is_right = bare(ref.edtf) == to_edtf(gold.value)
        count["matched"] += 1
        count["strict"] += (ref.start, ref.end) == (gold.start, gold.end)
        count["right"] += is_right
        if not is_right:
            around = _around(document.text, gold.start, gold.end)
            yield f"{document.created} VALUE {where} got {ref.exact!r} {ref.edtf}: {around}"
    count["found"] += len(found)
    for ref in (ref for i, ref in enumerate(found) if i not in used):
        yield f"EXTRA {ref.exact!r} {ref.edtf} {ref.unresolved or ''}: {_around(document.text, ref.start, ref.end)}"


def _around(text: str, start: int, end: int) -> str:
    return " ".join(f"{text[max(0, start - 50) : start]}<<{text[start:end]}>>{text[end : end + 30]}".split())


def f1(right: int, found: int, gold: int) -> float:
    return 2 * right / (found + gold) if found + gold else 0.0
