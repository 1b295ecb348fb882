"""Time expressions of a sentence as EDTF values, after TIMEX3 (Pustejovsky et al. 2003).

Patterns find the words, neighbours are joined, the parse decides whether a word is a time and whether it lies behind or
ahead, and ``app.domain.when`` does the arithmetic. What cannot be resolved stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from spacy.tokens import Span

from app.domain import when
from app.domain.values import Basis, TimeRef
from app.domain.when import Anchors
from app.language.date_joining import join, scan
from app.language.date_prepositions import Expression, take_prepositions
from app.language.date_rules import Context, first_context, make_rule, next_context
from app.language.date_senses import Parsed, is_time
from app.language.date_tense import direction
from app.language.date_words import OPEN, Atom
from app.language.datelines import find_dateline


def find_times(sent: Span, *, offset: int, anchors: Anchors) -> tuple[TimeRef, ...]:
    """The time expressions of a sentence, in order, prepositions included; offsets are ``offset`` plus spaCy's.

    ``anchors.previous`` is the day the text before last spoke of ("two days later"). References that lack an anchor
    carry the rule to resolve them later; vague and event-anchored ones carry their reason.
    """
    parsed = Parsed(sent)
    reader = _Reader(parsed, offset + sent.start_char, anchors, first_context(anchors))
    atoms = _with_events([atom for atom in scan(parsed.text) if is_time(atom, parsed)], parsed)
    refs: list[TimeRef] = []
    for atom in join(atoms, parsed.text):
        expression = _settle(take_prepositions(atom, parsed.text), parsed)
        if expression is None:
            continue
        rule = make_rule(expression, parsed, context=reader.context, anchors=anchors)
        refs.append(_reference(expression, rule, reader=reader))
        if rule is not None:
            reader.context = next_context(expression, rule, reader.context)
    return tuple(refs)


@dataclass(slots=True)
class _Reader:
    """Where the reading of one sentence stands."""

    parsed: Parsed
    base: int
    anchors: Anchors
    context: Context | None

    def rests_on_publication(self, rule: str) -> bool:
        """Whether a rule that starts from a date got that date from the article's own."""
        return self.context is not None and self.context.is_relative and rule.startswith(self.context.rule)


def last_day(refs: Sequence[TimeRef]) -> date | None:
    """The day a sentence leaves the reader at: what ``Anchors.previous`` of the next one should be."""
    for ref in reversed(refs):
        if ref.edtf and ref.earliest and ref.earliest == ref.latest:
            return ref.earliest
    return None


def last_time(refs: Sequence[TimeRef]) -> str | None:
    """The time a sentence leaves the reader at, as EDTF, for ``Anchors.previous``: keeps "June 2022" where ``last_day``
    has no day to give. None when the sentence resolves no time."""
    return next((ref.edtf for ref in reversed(refs) if ref.edtf), None)


def _with_events(atoms: list[Atom], parsed: Parsed) -> list[Atom]:
    """ "ten days after the 24 October quake": one expression that ends with the event, dated when the event is."""
    out: list[Atom] = []
    covered_to = -1
    for n, atom in enumerate(atoms):
        if atom.start < covered_to:
            continue
        if "shift" not in atom.flags or not _has_event(atom, parsed):
            out.append(replace(atom, flags=atom.flags - {"shift"}))
            continue
        end = _event_end(parsed, atom.end)
        inside = [a for a in islice(atoms, n + 1, n + 9) if a.start < end and a.source != "context"]
        if atom.rule is None and inside:
            continue  # "hours after Tuesday's walkout": the day is all there is
        covered_to = end
        out.append(_from_event(atom, next((a for a in inside if a.rule and not a.last), None), end))
    return out


def _has_event(atom: Atom, parsed: Parsed) -> bool:
    """Whether "two days before" goes on to say before what."""
    following = parsed.after(atom.end)
    return following is not None and not following.is_punct and following.pos_ not in ("CCONJ", "SCONJ", "AUX")


def _from_event(shift: Atom, event: Atom | None, end: int) -> Atom:
    if event is None or event.rule is None or shift.rule is None:
        return replace(shift, end=end, rule=None, grain="event", flags=frozenset())
    # what something comes after has been
    core = event.rule.replace(OPEN, "<") if "+" in shift.rule else event.rule
    end = max(end, event.end)
    return replace(shift, end=end, rule=f"{core} {shift.rule}", source=event.source, flags=frozenset())


def _event_end(parsed: Parsed, start: int) -> int:
    """The end of the noun phrase that begins at ``start``, at most a dozen words on."""
    token = parsed.after(start)
    end = start
    while token is not None and end - start < 80:
        if token.dep_ in ("nsubj", "nsubjpass"):
            return start
        if (token.is_punct and token.text not in "'’-") or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "ADP"):
            break
        end = parsed.start_of(token) + len(token.text)
        nouns_end = token.pos_ in ("NOUN", "PROPN") and token.dep_ not in (
            "compound",
            "nmod",
            "poss",
            "amod",
            "npadvmod",
        )
        token = None if nouns_end else parsed.after(end)
    return end


def _settle(expression: Expression, parsed: Parsed) -> Expression | None:
    """Drop what is a time only in company, or a word ("the year") without its partner."""
    atom = expression.atom
    is_alone = (
        ("edge" in atom.flags and not (expression.edge or expression.has_phase))
        or "part of" in atom.flags
        or ("ahead" in atom.flags and direction(atom, parsed, preposition="in") == "<")
        or ("weak" in atom.flags and not _is_clock_here(expression, parsed))
    )
    if is_alone or (atom.rule is None and atom.grain not in ("event", "vague")):
        return None
    if "twelve" in atom.flags:  # four in the morning or in the afternoon?
        return replace(expression, atom=replace(atom, rule=None, grain="vague"))
    return expression


def _is_clock_here(expression: Expression, parsed: Parsed) -> bool:
    """ "ten to five", "7.30": clock times after "at" and its like, or when the entity recogniser thinks so."""
    is_announced = expression.word in ("at", "by", "until", "since", "shortly", "just")
    return is_announced or parsed.token_at(expression.atom.start).ent_type_ == "TIME"


def _reference(expression: Expression, rule: str | None, *, reader: _Reader) -> TimeRef:
    """The reference an expression with this rule makes."""
    start, end = expression.start, expression.atom.end
    exact, base, published = reader.parsed.text[start:end], reader.base, reader.anchors.published
    basis = Basis.RELATIVE_TO_PUBLICATION if published else Basis.EXPLICIT
    reason: str | None = None
    edtf: str | None = None
    if rule is None:
        reason = when.VAGUE if expression.atom.grain == "vague" else when.EVENT_ANCHORED
    elif not when.is_absolute(rule) and published is None:
        reason = when.NO_ANCHOR
    else:
        if when.is_absolute(rule) and not reader.rests_on_publication(rule):
            basis = Basis.EXPLICIT
        try:
            edtf = when.resolve(rule, published or date.min)
        except ValueError:  # 31 November, 30/02/2024: looks like a date, is none
            rule, reason = None, when.VAGUE
    earliest, latest = when.bounds(edtf) if edtf else (None, None)
    rule = None if rule == edtf else rule
    return TimeRef(base + start, base + end, exact, edtf, earliest, latest, basis, rule, reason)


__all__ = ["Anchors", "find_dateline", "find_times", "last_day", "last_time"]
