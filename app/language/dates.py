"""Time expressions of a sentence as EDTF values, after TIMEX3 (Pustejovsky et al. 2003).

Patterns find the words, neighbours are joined, the parse decides whether a word is a time and whether it lies behind or
ahead, and ``app.domain.when`` does the arithmetic. What cannot be resolved stays, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from spacy.tokens import Span

from app.domain import when
from app.domain.values import Basis, TimeRef
from app.domain.when import Anchors
from app.language.date_joining import Expression, join, scan, take_prepositions
from app.language.date_patterns import OPEN, Atom
from app.language.date_senses import Parsed, direction, is_time
from app.language.relative_date_patterns import in_part_of_day

RULES_VERSION = "dates-1"
_FINENESS = {"minute": 0, "day": 1, "week": 2, "weekend": 2, "holiday": 1, "month": 3, "quarter": 4, "season": 4, "year": 5}
_ATTRIBUTIVE = re.compile(r"['’]s?\b|-")
_ONWARDS = re.compile(r"\s(?:onwards?|on)\b(?=[\s,.;]|$)")
_STAMP = re.compile(r"^\W*(?:(?:UPDATED?|LIVE|LATEST|NEW)\b:?\s?(?:at\s|@\s?)?)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Context:
    """The time last spoken of: its rule, its grain, and whether it rests on the article's date."""

    rule: str
    grain: str
    is_relative: bool


def find_times(sent: Span, *, offset: int, anchors: Anchors) -> tuple[TimeRef, ...]:
    """The time expressions of a sentence, in order, prepositions included; offsets are ``offset`` plus spaCy's.

    ``anchors.previous`` is the day the text before last spoke of ("two days later"). References that lack an anchor
    carry the rule to resolve them later; vague and event-anchored ones carry their reason.
    """
    parsed = Parsed(sent)
    text = parsed.text
    atoms = _with_events([a for a in scan(text) if is_time(a, parsed)], parsed)
    context = _previous(anchors)
    base = offset + sent.start_char
    refs: list[TimeRef] = []
    for atom in join(atoms, text):
        expression = _settle(take_prepositions(atom, text), parsed)
        if expression is None:
            continue
        rule = _rule(expression, parsed, context)
        refs.append(_reference(expression, rule, text, base, anchors, context))
        if rule is not None:
            context = _context_after(expression, rule, context)
    return tuple(refs)


def last_day(refs: Sequence[TimeRef]) -> date | None:
    """The day a sentence leaves the reader at: what ``Anchors.previous`` of the next one should be."""
    for ref in reversed(refs):
        if ref.edtf and ref.earliest and ref.earliest == ref.latest:
            return ref.earliest
    return None


def _previous(anchors: Anchors) -> _Context | None:
    if anchors.previous is None:
        return None
    return _Context(anchors.previous.isoformat(), "day", anchors.published is not None)


def _with_events(atoms: list[Atom], parsed: Parsed) -> list[Atom]:
    """ "ten days after the 24 October quake": one expression that ends with the event, dated when the event is."""
    out: list[Atom] = []
    skip_to = -1
    for n, atom in enumerate(atoms):
        if atom.start < skip_to:
            continue
        following = parsed.after(atom.end)
        if "shift" not in atom.flags or following is None or following.is_punct or following.pos_ in ("CCONJ", "SCONJ", "AUX"):
            out.append(replace(atom, flags=atom.flags - {"shift"}))
            continue
        end = _event_end(parsed, atom.end)
        inside = next((a for a in atoms[n + 1 :] if a.start < end and a.rule and a.source != "context"), None)
        skip_to = end
        if inside is None or not atom.rule or inside.last:
            out.append(replace(atom, end=end, rule=None, grain="event", flags=frozenset()))
        else:
            rule = f"{inside.rule} {atom.rule}"
            out.append(replace(atom, end=max(end, inside.end), rule=rule, source=inside.source, flags=frozenset()))
    return out


def _event_end(parsed: Parsed, start: int) -> int:
    """The end of the noun phrase that begins at ``start``, at most a dozen words on."""
    token = parsed.after(start)
    end = start
    while token is not None and end - start < 80:
        if token.is_punct and token.text not in "'’-" or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "ADP"):
            break
        end = parsed.start_of(token) + len(token.text)
        nouns_end = token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("compound", "nmod", "poss", "amod", "npadvmod")
        token = None if nouns_end else parsed.after(end)
    return end


def _settle(expression: Expression, parsed: Parsed) -> Expression | None:
    """Drop what is a time only in company, or a word ("the year") without its partner."""
    atom = expression.atom
    if "edge" in atom.flags and not (expression.edge or expression.phase):
        return None
    if atom.grain == "duration":
        return None
    if "weak" in atom.flags or "twelve" in atom.flags:
        ent = parsed.token_at(atom.start).ent_type_
        if "weak" in atom.flags and expression.word not in ("at", "by", "until", "since", "shortly", "just") and ent != "TIME":
            return None
        if "twelve" in atom.flags:
            return replace(expression, atom=replace(in_part_of_day(atom, ""), rule=None, grain="vague"))
    if atom.grain == "event" or atom.rule is not None or atom.grain in ("vague",):
        return expression
    return None


# --- rules --------------------------------------------------------------------------------------------------------


def _rule(expression: Expression, parsed: Parsed, context: _Context | None) -> str | None:
    """The expression in the grammar of ``app.domain.when``; None when nothing it hangs on is known."""
    atom = expression.atom
    if atom.rule is None:
        return None
    first, last = atom.rule, atom.last
    if OPEN in first or OPEN in last:
        way = direction(atom, parsed, preposition=expression.word)
        first, last = _directed(first, way, 0), _directed(last, way, 1)
    start = _context_start(expression, first, parsed, context)
    if start is None:
        return None
    first = f"{start} {first}".strip()
    if start and last:
        last = f"{start} {last}"
    if atom.source == "context":
        first = _keep_grain(first, context)
    return _bounded(expression, first, last, parsed)


def _directed(rule: str, way: str, side: int) -> str:
    """Fill the open direction in; a day without year yields to closeness. "a|b" holds a past and a future form."""
    if "|" in rule:
        rule = rule.split("|")[0 if way == "<" else 1]
    steps = []
    for step in rule.split():
        soft = "?" if step[:2].isdigit() and step.endswith(OPEN) else ""
        steps.append(step.replace(OPEN, way + soft))
    return " ".join(steps)


def _context_start(expression: Expression, rule: str, parsed: Parsed, context: _Context | None) -> str | None:
    """What the rule is put after: nothing, or the time last spoken of; None when it needs one and there is none."""
    atom = expression.atom
    if atom.source == "context":
        if context is None or not _fits(rule, context):
            is_year_on = re.fullmatch(r"[ym]-1", rule) and expression.atom.grain in ("year", "month")
            left = parsed.text[max(0, atom.start - 6) : atom.start].lower()
            return "" if is_year_on and re.search(r"\b(?:from|than|on)\s$", left) else None
        return context.rule
    if rule.startswith("T") and context is not None and context.grain in ("day", "minute"):
        return None if False else ("" if _STAMP.match(parsed.text[: expression.start]) else re.sub(r"\sT\d\d:\d\d$", "", context.rule))
    if "dom" in atom.flags and context is not None and context.grain in ("day", "month", "minute"):
        return re.sub(r"\sT\d\d:\d\d$", "", context.rule)
    return ""


def _fits(rule: str, context: _Context) -> bool:
    """A shift by days needs a day to start from; one by years fits any."""
    grain = _FINENESS.get(context.grain, 6)
    if re.match(r"[+-]\d+n", rule):
        return grain == 0
    if re.match(r"[+-]\d+[dw]", rule):
        return grain <= 2
    if re.match(r"[wm][+-]", rule):
        return grain <= 4
    return True


def _keep_grain(rule: str, context: _Context | None) -> str:
    """ "a year earlier" than a month is a month."""
    if context is not None and context.grain in ("month", "quarter", "season"):
        return re.sub(r" ([my])([+-]\d+)$", r" \2\1", rule)
    return rule


def _bounded(expression: Expression, first: str, last: str, parsed: Parsed) -> str:
    atom = expression.atom
    if last:
        return f"{first}/{last}"
    if expression.is_week and atom.grain == "day":
        first = f"{first} w+0"
    opening = _opening(expression, parsed)
    if expression.edge.endswith("!") or (expression.edge and (opening or expression.atom.grain == "day")):
        first = f"{first} {expression.edge.rstrip('!')}"
    if opening:
        day = re.sub(r"\s?T\d\d:\d\d$", "", first).replace("~", "") or "+0d"
        return f"../{day}" if opening == "until" else f"{day}/.."
    return f"{first}~" if expression.is_about and not first.endswith("~") else first


def _opening(expression: Expression, parsed: Parsed) -> str:
    """ "until" or "since" when the preposition leaves the interval open, else nothing."""
    text, end, kind = parsed.text, expression.atom.end, expression.preposition
    following = parsed.after(end)
    is_attributive = bool(_ATTRIBUTIVE.match(text, end)) or (
        following is not None and following.pos_ in ("NOUN", "PROPN") and parsed.token_at(end - 1).dep_ in ("compound", "nmod", "amod", "poss", "nummod")
    )
    if kind == "from" or _ONWARDS.match(text, end):
        is_ahead = direction(expression.atom, parsed, preposition="from") == ">"
        return "since" if _ONWARDS.match(text, end) or (is_ahead and not is_attributive) else ""
    if kind == "after":
        return "" if is_attributive or expression.atom.grain == "minute" else "since"
    if kind == "until":
        return "" if is_attributive and expression.word == "before" else "until"
    return "since" if kind == "since" else ""


# --- references ---------------------------------------------------------------------------------------------------


def _reference(
    expression: Expression, rule: str | None, text: str, base: int, anchors: Anchors, context: _Context | None
) -> TimeRef:
    atom = expression.atom
    span = {"start": base + expression.start, "end": base + atom.end, "exact": text[expression.start : atom.end]}
    basis = Basis.RELATIVE_TO_PUBLICATION if anchors.published else Basis.EXPLICIT
    if rule is None:
        reason = when.VAGUE if atom.grain == "vague" else when.EVENT_ANCHORED
        return TimeRef(**span, edtf=None, earliest=None, latest=None, basis=basis, unresolved=reason)
    is_absolute = when.is_absolute(rule)
    if is_absolute:
        rests = context.is_relative if context and rule.startswith(context.rule) else False
        basis = basis if rests else Basis.EXPLICIT
    elif anchors.published is None:
        return TimeRef(**span, edtf=None, earliest=None, latest=None, basis=basis, rule=rule, unresolved=when.NO_ANCHOR)
    try:
        edtf = when.resolve(rule, anchors.published or date(2000, 1, 1))
    except ValueError:  # 31 November, 30/02/2024: looks like a date, is none
        return TimeRef(**span, edtf=None, earliest=None, latest=None, basis=basis, unresolved=when.VAGUE)
    earliest, latest = when.bounds(edtf)
    return TimeRef(**span, edtf=edtf, earliest=earliest, latest=latest, basis=basis, rule=None if rule == edtf else rule)


def _context_after(expression: Expression, rule: str, context: _Context | None) -> _Context:
    core = rule.removeprefix("../").removesuffix("/..").split("/")[-1].removesuffix("~")
    is_relative = not when.is_absolute(core) or bool(context and context.is_relative and core.startswith(context.rule))
    grain = {"weekend": "day", "holiday": "day"}.get(expression.atom.grain, expression.atom.grain)
    return _Context(core, grain, is_relative)
