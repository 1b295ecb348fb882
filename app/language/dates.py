"""Time expressions of a sentence as EDTF values, after TIMEX3 (Pustejovsky et al. 2003).

Patterns find the words, neighbours are joined, the parse decides whether a word is a time and whether it lies behind or
ahead, and ``app.domain.when`` does the arithmetic. What cannot be resolved stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from spacy.tokens import Span

from app.domain import when
from app.domain.values import Basis, TimeRef
from app.domain.when import Anchors
from app.language.date_joining import Expression, join, scan, take_prepositions
from app.language.date_patterns import OPEN, Atom
from app.language.date_rules import Context, first_context, make_rule, next_context
from app.language.date_senses import Parsed, direction, is_time
from app.language.datelines import find_dateline
from app.language.relative_date_patterns import in_part_of_day

RULES_VERSION = "dates-1"


def find_times(sent: Span, *, offset: int, anchors: Anchors) -> tuple[TimeRef, ...]:
    """The time expressions of a sentence, in order, prepositions included; offsets are ``offset`` plus spaCy's.

    ``anchors.previous`` is the day the text before last spoke of ("two days later"). References that lack an anchor
    carry the rule to resolve them later; vague and event-anchored ones carry their reason.
    """
    parsed = Parsed(sent)
    text = parsed.text
    atoms = _with_events([a for a in scan(text) if is_time(a, parsed)], parsed)
    context = first_context(anchors)
    base = offset + sent.start_char
    refs: list[TimeRef] = []
    for atom in join(atoms, text):
        expression = _settle(take_prepositions(atom, text), parsed)
        if expression is None:
            continue
        rule = make_rule(expression, parsed, context=context, anchors=anchors)
        refs.append(_reference(expression, rule, text, base, anchors, context))
        if rule is not None:
            context = next_context(expression, rule, context)
    return tuple(refs)


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
    skip_to = -1
    for n, atom in enumerate(atoms):
        if atom.start < skip_to:
            continue
        following = parsed.after(atom.end)
        if (
            "shift" not in atom.flags
            or following is None
            or following.is_punct
            or following.pos_ in ("CCONJ", "SCONJ", "AUX")
        ):
            out.append(replace(atom, flags=atom.flags - {"shift"}))
            continue
        end = _event_end(parsed, atom.end)
        dated = any(a.start < end and a.source != "context" for a in atoms[n + 1 :])
        if atom.rule is None and dated:
            continue  # "hours after Tuesday's walkout": the day is all there is
        inside = next((a for a in atoms[n + 1 :] if a.start < end and a.rule and a.source != "context"), None)
        skip_to = end
        if inside is None or not atom.rule or inside.last:
            out.append(replace(atom, end=end, rule=None, grain="event", flags=frozenset()))
        else:
            is_past = "+" in atom.rule  # what something comes after has been
            rule = f"{inside.rule.replace(OPEN, '<') if is_past else inside.rule} {atom.rule}"
            out.append(replace(atom, end=max(end, inside.end), rule=rule, source=inside.source, flags=frozenset()))
    return out


def _event_end(parsed: Parsed, start: int) -> int:
    """The end of the noun phrase that begins at ``start``, at most a dozen words on."""
    token = parsed.after(start)
    end = start
    while token is not None and end - start < 80:
        if token.dep_ in ("nsubj", "nsubjpass"):
            return start
        if token.is_punct and token.text not in "'’-" or token.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "ADP"):
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
    if "edge" in atom.flags and not (expression.edge or expression.phase):
        return None
    if atom.grain == "duration" or "part of" in atom.flags:
        return None
    if "ahead" in atom.flags and direction(atom, parsed, preposition="in") == "<":
        return None
    if "weak" in atom.flags or "twelve" in atom.flags:
        ent = parsed.token_at(atom.start).ent_type_
        if (
            "weak" in atom.flags
            and expression.word not in ("at", "by", "until", "since", "shortly", "just")
            and ent != "TIME"
        ):
            return None
        if "twelve" in atom.flags:
            return replace(expression, atom=replace(in_part_of_day(atom, ""), rule=None, grain="vague"))
    if atom.grain == "event" or atom.rule is not None or atom.grain in ("vague",):
        return expression
    return None


# --- references ---------------------------------------------------------------------------------------------------


def _reference(
    expression: Expression, rule: str | None, text: str, base: int, anchors: Anchors, context: Context | None
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
    return TimeRef(
        **span, edtf=edtf, earliest=earliest, latest=latest, basis=basis, rule=None if rule == edtf else rule
    )


__all__ = ["Anchors", "find_dateline", "find_times", "last_day", "last_time"]
