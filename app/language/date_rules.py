"""From an expression in its sentence to the rule by which it is resolved (grammar: ``app.domain.when``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import when
from app.domain.periods import EASTER_OFFSETS, FLOATING, HOLIDAYS, MONTHS, SEASONS
from app.domain.when import Anchors
from app.language.date_prepositions import Expression
from app.language.date_senses import Parsed
from app.language.date_tense import direction, is_tense_weak
from app.language.date_words import OPEN

_HOLIDAYS = frozenset({*HOLIDAYS, *EASTER_OFFSETS, *FLOATING})
_FINENESS = {"minute": 0, "day": 1, "holiday": 1, "week": 2, "weekend": 2, "month": 3, "quarter": 4, "season": 4}
_ATTRIBUTIVE = re.compile(r"['’]s?\b|-")
_ONWARDS = re.compile(r"\s(?:onwards?\b|on(?=[,.;]|$))")
_STAMP = re.compile(r"^\W*(?:(?:UPDATED?|LIVE|LATEST|NEW)\b:?\s?(?:at\s|@\s?)?)?$", re.IGNORECASE)
_CLOCK = re.compile(r"(?:^|\s)[Tt]\d\d:\d\d$")
_AGAINST = re.compile(r"\b(?:from|than|on)\s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """The time last spoken of: its rule and grain, whether it rests on the article's date, and whether it stands in an
    earlier sentence."""

    rule: str
    grain: str
    is_relative: bool
    is_earlier: bool = False

    @property
    def day(self) -> str:
        return _CLOCK.sub("", self.rule)


def first_context(anchors: Anchors) -> Context | None:
    """The context a sentence starts with."""
    if anchors.previous is None:
        return None
    edtf = anchors.previous if isinstance(anchors.previous, str) else anchors.previous.isoformat()
    core = edtf.removeprefix("../").removesuffix("/..").split("/")[-1].rstrip("~")
    grain = "decade" if "X" in core else when.precision(core)
    return Context(core, grain, anchors.published is not None, is_earlier=True)


def next_context(expression: Expression, rule: str, context: Context | None) -> Context:
    """The context after an expression: of an interval, its end."""
    core = rule.removeprefix("../").removesuffix("/..").split("/")[-1].removesuffix("~")
    rests = bool(context and context.is_relative and core.startswith(context.rule))
    grain = {"weekend": "day", "holiday": "day"}.get(expression.atom.grain, expression.atom.grain)
    return Context(core, grain, rests or not when.is_absolute(core))


def make_rule(expression: Expression, parsed: Parsed, *, context: Context | None, anchors: Anchors) -> str | None:
    """The rule of an expression; None when it hangs on something the text does not date."""
    atom = expression.atom
    if atom.rule is None:
        return None
    is_narrated = (
        anchors.published is None and context is not None and not context.is_earlier and _lacks_year(atom.rule)
    )
    first, last = atom.rule, atom.last
    if OPEN in first or OPEN in last:
        way = "?" if is_narrated else direction(atom, parsed, preposition=expression.word)
        is_over = way == "<" and "reaching back" in atom.flags  # sales of a year fell when it was out
        is_loose = not is_over and atom.grain in ("month", "season", "quarter") and is_tense_weak(atom, parsed)
        first, last = _directed(first, way, is_loose=is_loose), _directed(last, way, is_loose=is_loose)
    start = context.rule if is_narrated and context else _start(expression, first, parsed, context)
    if start is None:
        return None
    is_day_said = _is_stamp(expression, parsed) or (context is not None and not context.is_earlier and bool(start))
    if first.startswith("T") and not is_day_said:
        first = first.lower()  # the day is presumed
    first, last = f"{start} {first}".strip(), f"{start} {last}".strip() if last else ""
    if "kept" in atom.flags and context is not None and context.grain in ("month", "quarter", "season"):
        first = re.sub(r" ([my])([+-]\d+)$", r" \2\1", first)  # a year earlier than a month is a month
    return f"{first}/{last}" if last else _bounded(expression, first, parsed)


def _lacks_year(rule: str) -> bool:
    """ "August", "in spring", "the 4th of May": in an article without a date the year is that of the dates around."""
    name = re.match(r"[a-z]+|\d\d(?=-)", rule)
    return name is not None and (name[0] in MONTHS or name[0] in SEASONS or name[0].isdigit()) and OPEN in rule


def _directed(rule: str, way: str, *, is_loose: bool) -> str:
    """Fill the open direction in: the nearest for what ``is_loose``; a day without year yields to what is very near.
    "a|b" holds a past and a future form."""
    if "|" in rule:
        rule = rule.split("|")[0 if way == "<" else 1]
    steps = []
    for step in rule.split():
        name = step.removesuffix(OPEN)
        is_soft = name != step and way != "?" and (name[:2].isdigit() or name in _HOLIDAYS)
        steps.append(step.replace(OPEN, "?" if is_loose else f"{way}?" if is_soft else way))
    return " ".join(steps)


def _start(expression: Expression, rule: str, parsed: Parsed, context: Context | None) -> str | None:
    """What the rule is put after: nothing, or the time last spoken of; None when it needs one and there is none."""
    atom = expression.atom
    if atom.source == "context":
        if context is not None and _fits(rule, context):
            return context.rule if re.match(r"[+-]\d+n", rule) else context.day
        # "up 4 percent from a year earlier": than now
        is_comparison = _AGAINST.search(parsed.text, 0, atom.start) if atom.start < 400 else None
        return "" if is_comparison and re.fullmatch(r"[ym]-1", rule) else None
    is_day_known = context is not None and context.grain in ("day", "minute")
    if rule.startswith("T") and is_day_known and context is not None:
        return "" if _is_stamp(expression, parsed) else context.day
    if "dom" in atom.flags and context is not None and (is_day_known or context.grain == "month"):
        return context.day
    return ""


def _is_stamp(expression: Expression, parsed: Parsed) -> bool:
    """The time a live blog puts before its entry: on the day of publication."""
    return expression.start <= 40 and bool(_STAMP.match(parsed.text[: expression.start]))


def _fits(rule: str, context: Context) -> bool:
    """A shift by days needs a day to start from; one by years fits any."""
    grain = _FINENESS.get(context.grain, 6)
    if re.match(r"[+-]\d+n", rule):
        return grain == 0
    if re.match(r"[+-]\d+[dw]", rule):
        return grain <= 2
    return grain <= 4 if re.match(r"[wm][+-]", rule) else True


def _bounded(expression: Expression, first: str, parsed: Parsed) -> str:
    """Edges, open ends and approximation put around the core."""
    atom, opening = expression.atom, _opening(expression, parsed)
    if expression.is_week and atom.grain == "day":
        first = f"{first} w+0"
    if expression.edge.endswith("!") or (expression.edge and (opening or atom.grain == "day")):
        first = f"{first} {expression.edge.rstrip('!')}"
    if opening:
        day = _CLOCK.sub("", first).removesuffix("~") or "+0d"
        return f"../{day}" if opening == "until" else f"{day}/.."
    return f"{first}~" if expression.is_about and not first.endswith("~") else first


def _opening(expression: Expression, parsed: Parsed) -> str:
    """ "until" or "since" when the preposition leaves the interval open, else nothing."""
    text, end, kind = parsed.text, expression.atom.end, expression.preposition
    if kind not in ("from", "after", "until", "since"):
        return ""
    following = parsed.after(end)
    is_attributive = bool(_ATTRIBUTIVE.match(text, end)) or (
        following is not None
        and following.pos_ in ("NOUN", "PROPN")
        and parsed.token_at(end - 1).dep_ in ("compound", "nmod", "amod", "poss", "nummod")
    )
    if kind == "from":
        can_begin = expression.atom.grain not in ("year", "decade", "century") and not is_attributive
        is_ahead = can_begin and direction(expression.atom, parsed, preposition="from") == ">"
        return "since" if is_ahead or _ONWARDS.match(text, end) else ""
    if kind == "after":
        return "" if is_attributive or expression.atom.grain == "minute" else "since"
    if kind == "until":  # "followed by Saturday's floods", "before the October fire": the event's day
        return "" if is_attributive and expression.word in ("before", "by") else "until"
    return "since"
