"""Hedges and bounds on either side of a number expression: "about", "as many as", "or more", "-odd"."""

from __future__ import annotations

import re

from app.domain.values import Qualifier

_BEFORE: dict[Qualifier, str] = {
    Qualifier.UP_TO: (
        r"up to|as (?:many|much|high|long|far|large|big|tall|deep|heavy|late) as|at (?:the )?(?:very )?most|"
        r"(?:no|not) (?:\w{1,8} )?(?:more|higher|larger|longer|later|greater|older|bigger) than|"
        r"(?:a|the) maximum(?: of)?|maximum|(?:not|cannot) exceed(?:ing)?|capped at|a ceiling of|<=|≤"
    ),
    Qualifier.AT_LEAST: (
        r"at (?:the )?(?:very )?least|(?:no|not) (?:\w{1,8} )?(?:fewer|less|lower|smaller|shorter|younger) than|"
        r"upwards? of|(?:a|the) minimum(?: of)?|minimum|as (?:few|little) as|>=|≥"
    ),
    Qualifier.MORE_THAN: (
        r"(?:more|greater|larger|higher|longer|older|bigger|heavier|faster|better|taller|deeper|stronger) than|over|"
        r"above|exceed(?:s|ed|ing)?|in excess of|topp(?:ed|ing)|tops|surpass(?:es|ed|ing)|north of|beyond|>"
    ),
    Qualifier.LESS_THAN: (
        r"(?:fewer|less|lower|smaller|shorter|younger|lighter|slower|cheaper) than|under|below|short of|shy of|"
        r"south of|<"
    ),
    Qualifier.ABOUT: (
        r"about|some|around|roughly|nearly|almost|approximately|approx\.?|circa|ca?\.|close to|nearing|"
        r"approaching|(?:an|the|its|his|her|their) estimated|estimated(?: (?:at|to be|as))?|somewhere near|"
        r"more or less|practically|in the (?:region|order|vicinity|neighbou?rhood) of|(?:in|on) the order of|"
        r"virtually|an approximate|a couple of|~|≈"
    ),
}
_FILLER = (
    r"(?:(?:an?|the|its|their|his|her|just|only|another|a further|further|an additional|additional|a total of|a record|"
    r"those|these|even|perhaps|maybe|possibly|a staggering)\s+)?[(\"'“‘]?"
)
_ANY_BEFORE = "|".join(f"(?P<{qualifier.name}>{words})" for qualifier, words in _BEFORE.items())
_BEFORE_PATTERN = re.compile(rf"(?<![\w-])(?:{_ANY_BEFORE})\s*{_FILLER}$", re.IGNORECASE)

_NOUN = r"(?:\s+[\w-]+){0,2}?"  # "300 people or more", "20 minutes or so"
_AFTER_PATTERNS = {
    qualifier: re.compile(words, re.IGNORECASE)
    for qualifier, words in {
        Qualifier.ABOUT: rf"-?\s?odd\b|{_NOUN}\s+or so\b|,? or thereabouts|,? give or take|,? approximately\b",
        Qualifier.AT_LEAST: (
            r"-plus\b|\+(?!\d)|"
            rf",?{_NOUN}\s+(?:or|and) (?:more|above|over|longer|older|higher|better|upwards?)\b(?! than)|"
            r"(?:\s+[a-z]+)?,? at (?:the very |the )?least\b(?! \d)|(?:\s+[a-z]+)? minimum\b|"
            r"(?:\s+[a-z]+)?,? and counting\b"
        ),
        Qualifier.UP_TO: (
            rf"{_NOUN}\s+or (?:fewer|less|under|below|lower|younger|shorter)\b(?! than)|"
            r"(?:\s+[a-z]+)?,? at (?:the very |the )?most\b(?! \d)|(?:\s+[a-z]+)? maximum\b"
        ),
    }.items()
}
_REACH = 48  # characters each side
# "over three days" is a stretch of time; "for over three days" is a bound
_SPREAD_OVER = re.compile(
    r"(?<!for )(?<!of )(?<!took )(?<!lasted )(?<!spent )(?<!just )(?<!well )\bover\s*$", re.IGNORECASE
)
# "warned about 12 cases" has no hedge
_TALK = re.compile(
    r"\b(?:ask|talk|know|hear|told|complain|learn|worr|warn|read|speak|spoke|question|concern|think|thought|inform)\w*\s+"
    r"(?:\w+\s+)?about\s*$",
    re.IGNORECASE,
)


def qualifier_of(text: str, *, start: int, end: int, is_duration: bool) -> Qualifier:
    """The qualifier of the number expression ``text[start:end]`` (ranges apart), from 48 characters each side."""
    before = text[max(0, start - _REACH) : start]
    match = None if before.rstrip()[-1:].isdigit() else _BEFORE_PATTERN.search(before)
    if match and match.lastgroup and not (is_duration and _SPREAD_OVER.search(before)) and not _TALK.search(before):
        return Qualifier[match.lastgroup]
    after = text[end : end + _REACH]
    return next((q for q, pattern in _AFTER_PATTERNS.items() if pattern.match(after)), Qualifier.EXACT)
