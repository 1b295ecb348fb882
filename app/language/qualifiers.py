"""Hedges and bounds on either side of a number expression: "about", "as many as", "or more", "-odd"."""

from __future__ import annotations

import re

from app.domain.values import Qualifier

_BEFORE: dict[Qualifier, str] = {
    Qualifier.UP_TO: (
        r"up to|as (?:many|much|high|long|far|large|big|tall|deep|heavy|late) as|at (?:the )?(?:very )?most|"
        r"(?:no|not) (?:\w{1,8} )?(?:more|higher|larger|longer|later|greater|older|bigger) than|"
        r"maximum(?:(?: [a-z]+)? of)?|(?:not|cannot) exceed(?:ing)?|capped at|a ceiling of|<=|≤"
    ),
    Qualifier.AT_LEAST: (
        r"at (?:the )?(?:very )?least|(?:no|not) (?:\w{1,8} )?(?:fewer|less|lower|smaller|shorter|younger) than|"
        r"upwards? of|minimum(?:(?: [a-z]+)? of)?|as (?:few|little) as|>=|≥"
    ),
    Qualifier.MORE_THAN: (
        r"(?:more|greater|larger|higher|longer|older|bigger|heavier|faster|better|taller|deeper|stronger) than|over|"
        r"above|exceed(?:s|ed|ing)?|in excess of|topp(?:ed|ing)|tops|"
        r"(?:could|may|might|will|would|can|should|(?:set|expected|forecast|likely|due) to) top|surpass(?:es|ed|ing)|"
        r"north of|beyond|>"
    ),
    Qualifier.LESS_THAN: (
        r"(?:fewer|less|lower|smaller|shorter|younger|lighter|slower|cheaper) than|under|below|short of|shy of|"
        r"south of|<"
    ),
    Qualifier.ABOUT: (
        r"about|some|around|roughly|nearly|almost|approximately|approx\.?|circa|ca?\.|close (?:to|on)|nearing|nearer|"
        r"nearer to|approaching|(?:an|the|its|his|her|their) estimated|estimated(?: (?:at|to be|as))?|somewhere near|"
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
# what "about" gives the subject of: "warned him about 12 cases", "doubts about 12 cases", "a book about 12 cases"
_TELLING = (
    r"(?:ask|talk|know|hear|told|complain|learn|worr|warn|read|speak|spoke|question|concern|think|thought|inform|"
    r"mislead|misled)\w*\s+(?:(?!that\b)\w+\s+)?"
)
_TALK = (
    r"(?:lied|argu|quarrel|wonder|jok|boast|doubt|debate|discussion|dispute|rumou?r|anxi|angry?|silen|honest|fears)"
    r"\w*\s+"
)
_WORKS = (
    r"(?:a|an|the|this|that|his|her|its|their)\s+(?:[\w-]+\s+)?"
    r"(?:row|book|novel|story|film|documentary|song|play|report|article|letter|essay|claim|fear|lesson)s?\s+"
)
_DEFINITE = r"the|its|their|his|her|those|these"  # nothing is roughly "the nine"
_ON_SUBJECT = re.compile(
    rf"\b(?:(?:{_TELLING}|{_TALK}|{_WORKS})about|about\s+(?:{_DEFINITE}))\s*[(\"'“‘]?$", re.IGNORECASE
)


def qualifier_of(text: str, *, start: int, end: int, is_duration: bool) -> Qualifier:
    """The qualifier of the number expression ``text[start:end]`` (ranges apart), from 48 characters each side."""
    before = text[max(0, start - _REACH) : start]
    match = None if before.rstrip()[-1:].isdigit() else _BEFORE_PATTERN.search(before)
    is_other_sense = (is_duration and _SPREAD_OVER.search(before)) or _ON_SUBJECT.search(before)
    if match and match.lastgroup and not is_other_sense:
        return Qualifier[match.lastgroup]
    after = text[end : end + _REACH]
    return next((q for q, pattern in _AFTER_PATTERNS.items() if pattern.match(after)), Qualifier.EXACT)
