"""The plain English of reports: questions and short labels, composed from values by templates, no generated prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.domain.denial import polarity
from app.domain.facets import DECISIVE
from app.domain.quantity import canonical_counted, canonical_question, is_money
from app.domain.quantity_terms import STATES
from app.domain.values import Claim, ConflictKind, Quantity, Slot, Span

_VERBS = {"missing": "are missing", "fled": "fled", "expected": "are expected"}
_IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "life": "lives",
    "body": "bodies",
}


_ASKED = {ConflictKind.DATE: "When", ConflictKind.PLACE: "Where", ConflictKind.CAUSE: "Why"}
_GAP = "…"

# Of a report that has lost its evidence: its own words would quote what is gone.
GONE_QUESTION = "What this report asked went with its evidence."
GONE_EXPLANATION = "Evidence that it stood on was withdrawn, and what is left is not at odds."


def question(kind: ConflictKind, claims: Sequence[Claim], values: Sequence[Span]) -> str:
    """The question that all positions answer: how many of what, what somebody is, or the first claim with its answer
    left out ("Where: “The batches were made in …”?"); for whole claims, whether it is so, or which of them is."""
    claim, value = claims[0], values[0]
    if kind == ConflictKind.QUANTITY:
        return _how_many([v for v in values if isinstance(v, Quantity)], claims)
    if kind == ConflictKind.IDENTITY and isinstance(value, Slot):
        if value.key:
            return f"What office does {surface(value.key, claims)} hold?"
        people = {e.name.lower() for c in claims for e in c.entities if e.label == "PERSON"}
        return f"{'Who' if value.value.lower() in people else 'Who or what'}: “{_without(claim, value)}”?"
    if kind in _ASKED and (value.start, value.end) != (claim.start, claim.end):
        return f"{_ASKED[kind]}: “{_without(claim, value)}”?"
    affirmed = next((c for c in claims if polarity(c)), claim)
    if kind == ConflictKind.OCCURRENCE and len({polarity(c) for c in claims}) == 1:
        return f"Which is right: {' or '.join(f'“{shorten(c.exact)}”' for c in claims)}?"
    return f"{_ASKED.get(kind, 'Is this so')}: “{shorten(affirmed.exact)}”?"


def _without(claim: Claim, value: Span) -> str:
    """The claim's words with a gap for the answer, cut to the words around it."""
    before = " ".join(claim.exact[: max(0, value.start - claim.start)].split())
    after = " ".join(claim.exact[value.end - claim.start :].split()).rstrip(".")
    room = 110 - min(len(after), 50)
    if len(before) > room:
        before = f"{_GAP} {before[-room:].partition(' ')[2]}"
    room = 110 - len(before)
    if len(after) > room:
        after = f"{after[:room].rpartition(' ')[0].rstrip(',;:')} {_GAP}"
    return f"{before} [{_GAP}]{'' if after[:1] in ',;:' else ' '}{after}".strip()


def _how_many(quantities: Sequence[Quantity], claims: Sequence[Claim]) -> str:
    """ "How many Norvian troops were deployed?": the fullest counted thing and its role, if a participle."""
    role = next((r for q in quantities if (r := canonical_question(q)[1]) in DECISIVE), None)
    thing = _commonest([c for q in quantities if (c := q.counted) and canonical_counted(c) not in STATES])
    thing = surface(thing, claims) if thing else "people" if role in STATES else ""
    measured = next((q for q in quantities if q.unit), quantities[0])  # millions of nothing named may be money
    unit = measured.unit
    if not thing and unit is None:
        return "Which figure is right?"
    if unit is None:
        return f"How many {thing} {_VERBS.get(role, 'were ' + role)}?" if role else f"How many {thing}?"
    about = ", ".join(x for x in (thing, role) if x)
    asked = "What share" if unit in {"%", "pp"} else "How much money" if is_money(measured) else "How much"
    return f"{asked}: {about}?" if about else f"{asked}?"


def _commonest(named: Sequence[str]) -> str:
    """The phrase used most among those with the head used most; of equals the fullest. Empty for none."""
    heads = Counter(phrase.split()[-1] for phrase in named)
    phrases = Counter(named)
    return max(phrases, key=lambda p: (heads[p.split()[-1]], phrases[p], len(p), p), default="")


def surface(lemmas: str, claims: Sequence[Claim]) -> str:
    """The words of the text that these lemmas came from ("north korean troop" -> "North Korean troops")."""
    pattern = r"\W+".join(rf"{re.escape(_stem(word))}\w*" for word in lemmas.split())
    for claim in claims:
        found = re.search(rf"\b{pattern}", claim.exact, re.IGNORECASE)
        if found and len(found[0]) <= len(lemmas) + 4 * len(lemmas.split()):
            return " ".join(found[0].split())
    head = lemmas.rsplit(maxsplit=1)[-1] if lemmas else ""
    return " ".join([*lemmas.split()[:-1], _plural(head)])


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


def _plural(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "people", "staff", "personnel")):
        return noun
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"


def shorten(text: str, limit: int = 110) -> str:
    """Whitespace folded, cut at a word with an ellipsis."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[:limit].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def listed(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
