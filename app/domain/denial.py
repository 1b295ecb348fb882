"""What a claim denies, and what it only leaves open: not so, not known, not said."""

from __future__ import annotations

import re

from app.domain.values import Claim, Factuality

_WITHHELD = re.compile(
    r"\b(?:(?:did|does|do|would|will|has|have|had|could) not(?: immediately| yet)?|\w+n['’]t(?: immediately| yet)?|"
    r"declin\w+ to|refus\w+ to|without|yet to) "
    r"(?:say(?:ing)?|said|specif\w+|nam(?:e|ing|ed)|identif\w+|elaborat\w+|comment\w*|disclos\w+)\b(?! (?:so|that)\b)"
    r"|\b(?:g[ai]ve[sn]?|giving|dr[ae]w\w*|provid\w+|offer\w*) (?:no|any) (?:further )?"
    r"(?:details?|figures?|reasons?|explanations?|conclusions?|comments?|information)\b",
    re.IGNORECASE,
)
_NO_INFORMATION = re.compile(
    r"\b(?:no|lack of|without|not have|nor any)\W+(?:\w+\W+){0,2}(?:information|evidence|reports?|sign|record|word)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    rf"{_NO_INFORMATION.pattern}\W+(?:of|about|on|for|confirming|suggesting|indicating)\W+"
    r"(?:(?:any|a|an|the|such|further)\W+)*(?P<first>\w+)",
    re.IGNORECASE,
)
_LIGHT = frozenset(
    {"suffer", "sustain", "take", "incur", "have", "see", "heavy", "light", "serious", "significant", "major", "many"}
)
"""What a clause puts between the two words of a noun phrase: "guards suffered heavy losses" is of "guard losses"."""


def polarity(claim: Claim) -> bool:
    """True when the claim says that it is so; a denial of a negative is not untangled."""
    return not (claim.frame.is_negated or claim.factuality == Factuality.DENIED or is_lack_of_information(claim))


def withholds(claim: Claim) -> bool:
    """ "It did not say who fired first" answers nothing, so it denies nothing; nor does "No harm done?"."""
    return bool(_WITHHELD.search(claim.exact)) or claim.exact.rstrip("\"'”’) ").endswith("?")


def knows_of_none(a: Claim, b: Claim) -> bool:
    """Whether ``a`` says that it has no information of the very thing that ``b`` reports: "no evidence of any election
    fraud" and "a judge found election fraud". The thing is named by two words at least, and not by a name alone."""
    unknown = _UNKNOWN.search(a.exact)
    if unknown is None or is_lack_of_information(b) or not polarity(b):
        return False
    named = {word for claim in (a, b) for e in claim.entities for word in e.exact.lower().split()}
    first = unknown.group("first").lower()
    mine, yours = (tuple(x for x in claim.frame.lemmas if x not in _LIGHT) for claim in (a, b))
    runs = (_common_run(mine[n:], yours) for n, x in enumerate(mine) if x == first)
    return any(len(run) >= 2 and run[-1] not in named for run in runs)


def _common_run(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[str, ...]:
    """The most words from the start of one list that stand in the other in the same order, next to each other."""
    lengths = range(len(mine), 0, -1)
    starts = range(len(yours))
    return next((mine[:n] for n in lengths if any(yours[k : k + n] == mine[:n] for k in starts)), ())


def is_lack_of_information(claim: Claim) -> bool:
    """ "No information that X" is weaker than "not X"."""
    return bool(_NO_INFORMATION.search(claim.exact))
