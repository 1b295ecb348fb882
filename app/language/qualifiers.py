"""Hedges and bounds on either side of a number expression: "about", "as many as", "or more", "-odd"."""

from __future__ import annotations

import re

from app.domain.values import Qualifier

_BEFORE: dict[Qualifier, str] = {
    Qualifier.UP_TO: (
        r"up to|as (?:many|much|high|long|far|large|big|tall|deep|heavy|late) as|at (?:the )?(?:very )?most|(?:no|not) (?:\w{1,8} )?(?:more|higher|larger|longer|later|greater|older|bigger) than|"
        r"(?:a|the) maximum(?: of)?|maximum|not exceeding|cannot exceed|not exceed|capped at|a ceiling of|<=|≤"
    ),
    Qualifier.AT_LEAST: (
        r"at (?:the )?(?:very )?least|(?:no|not) (?:\w{1,8} )?(?:fewer|less|lower|smaller|shorter|younger) than|upwards? of|(?:a|the) minimum(?: of)?|minimum|as (?:few|little) as|>=|≥"
    ),
    Qualifier.MORE_THAN: (
        r"(?:more|greater|larger|higher|longer|older|bigger|heavier|faster|better|taller|deeper|stronger) than|over|above|exceed(?:s|ed|ing)?|in excess of|topp(?:ed|ing)|tops|surpass(?:es|ed|ing)|"
        r"(?:up|to the) north of|north of|beyond|>"
    ),
    Qualifier.LESS_THAN: (
        r"(?:fewer|less|lower|smaller|shorter|younger|lighter|slower|cheaper) than|under|below|(?:just|barely|narrowly|slightly|a little|a shade) (?:short|shy) of|short of|shy of|south of|<"
    ),
    Qualifier.ABOUT: (
        r"about|some|around|roughly|nearly|almost|approximately|approx\.?|circa|ca?\.|close to|nearing|(?:an|the|its|his|her|their) estimated|estimated(?: (?:at|to be|as))?|in the (?:region|order|vicinity|neighbou?rhood) of|"
        r"(?:in|on) the order of|somewhere near|more or less|practically|virtually|an approximate|approaching|a couple of|~|≈"
    ),
}  # fmt: skip
_FILLER = r"(?:(?:an?|the|its|their|his|her|just|only|another|a further|further|an additional|additional|a total of|a record|those|these|even|perhaps|maybe|possibly|a staggering)\s+)?"
_BEFORE_PATTERN = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{qualifier.name}>{words})" for qualifier, words in _BEFORE.items()) + r")\s*" + _FILLER + r"[(\"'“‘]?$", re.IGNORECASE
)
_AFTER: dict[Qualifier, str] = {
    Qualifier.ABOUT: r"-?\s?odd\b|(?:\s+[\w-]+){0,2}?\s+or so\b|,? or thereabouts|,? give or take|,? approximately\b|\s+or thereabouts",
    Qualifier.AT_LEAST: r"-plus\b|\+(?!\d)|(?:,?(?:\s+[\w-]+){0,2}?)\s+(?:or|and) (?:more|above|over|longer|older|higher|better|upwards?)\b(?! than)|(?:\s+[a-z]+)?,? at (?:the very |the )?least\b(?! \d)|(?:\s+[a-z]+)? minimum\b|(?:\s+[a-z]+)?,? and counting\b",
    Qualifier.UP_TO: r"(?:\s+[\w-]+){0,2}?\s+or (?:fewer|less|under|below|lower|younger|shorter)\b(?! than)|(?:\s+[a-z]+)?,? at (?:the very |the )?most\b(?! \d)|(?:\s+[a-z]+)? maximum\b",
}  # fmt: skip
_AFTER_PATTERNS = {qualifier: re.compile(words, re.IGNORECASE) for qualifier, words in _AFTER.items()}
_REACH_BEFORE, _REACH_AFTER = 48, 48
# "over three days" is a stretch of time; "for over three days" is a bound
_SPREAD_OVER = re.compile(r"(?<!for )(?<!of )(?<!took )(?<!lasted )(?<!spent )(?<!just )(?<!well )\bover\s*$", re.IGNORECASE)
_TALK = re.compile(r"\b(?:ask|talk|know|hear|told|complain|learn|worr|warn|read|speak|spoke|question|concern|think|thought|inform)\w*\s+(?:\w+\s+)?about\s*$", re.IGNORECASE)


def qualifier_of(text: str, *, start: int, end: int, is_duration: bool) -> Qualifier:
    """The qualifier of the number expression ``text[start:end]`` (ranges apart), from at most 48 characters each side."""
    before = text[max(0, start - _REACH_BEFORE) : start]
    match = _BEFORE_PATTERN.search(before)
    if match and match.lastgroup and not (is_duration and _SPREAD_OVER.search(before)) and not _TALK.search(before):
        return Qualifier[match.lastgroup]
    after = text[end : end + _REACH_AFTER]
    for qualifier, pattern in _AFTER_PATTERNS.items():
        if pattern.match(after):
            return qualifier
    return Qualifier.EXACT
