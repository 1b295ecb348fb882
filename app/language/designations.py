"""Numbers that name or place something and count nothing: names, labels, years, clock times, dates, phone numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.amounts import Amount, Shape
from app.language.numerals import CARDINALS, SCALES, Lexeme, at, is_joined

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_MONTHS = re.compile(_MONTH)
# Nouns whose number is a label when it follows them: "page three", "gate 2", "reactor 4".
LABELLED = frozenset(
    "article section chapter page paragraph line phase gate day stage level week part step version grade year room route highway road flight sector number no nos psalm lot studio "
    "channel radio pad type class category platform terminal reactor engine block tower zone district ward precinct season episode volume act scene round game set group pool heat lane bay "
    "berth pier quarter schedule appendix annex table figure question item clause rule law title form tier formula court runway hangar camp site well shaft pit pump turbine boiler silo "
    "warehouse door exit junction apartment apt flat floor suite bus tram train line division league option plan point protocol resolution operation exhibit count witness box building buoy barge "
    "unit battalion company regiment hill area region track hole bed cell booth row seat windows generation model series mark mach apollo lane buoy world war top priority verse channels "
    "articles sections pages grades rooms routes highways lots platforms gates levels years verses chapters paragraphs rounds counts lines items questions clauses rules".split()
)
_ROUTES = re.compile(r"\b(?:bus(?:es)?|tram|trams|route|routes|train|trains|line|lines|service|services|departure|flight|ferry|ferries)\b", re.IGNORECASE)
_YEAR_BEFORE = frozenset("in since of by until till from during before after circa around about late early mid the to and or between for through his her its their last".split())
_COUNTED_PEOPLE = re.compile(r"[a-z]{2,}s|people|men|women|children|staff|police|personnel|more|other|of|were|are|had|have")
_CLOCK_AFTER = frozenset({"am", "pm", "a.m", "p.m", "gmt", "utc", "bst", "cet", "est", "edt", "o", "oclock", "hrs"})
_RELATIVE_AFTER = frozenset("ago before after earlier later hence beforehand afterwards previously from".split())
_RELATIVE_BEFORE = frozenset("past last next coming previous following recent preceding".split())
_ONE_IDIOMS = frozenset(
    "day another thing way side hand point time such more by who of that man's person's to or and with in is was has had on for can could may might will would should at as from".split()
)
_NOT_COUNTED = frozenset("way off time sided handed piece fold dimensional on-one tolerance".split())
_RATES = re.compile(r"(?:st[ao]o?n?d|trad|clos|open|put|rate|index|price|valu|fix|end|settl|peg|quot|remain|average|ratio)")
_DETERMINERS = frozenset("a an the this that each every one another last next same first second".split())
_STREETS = frozenset("Street St Road Rd Avenue Ave Lane Drive Square Terrace Close Crescent Boulevard Row Court Place Way Gardens Grove Quay".split())


def is_designation(lexemes: Sequence[Lexeme], amount: Amount, *, text: str, is_titled: bool) -> bool:
    """Whether an amount is no quantity, as far as its spelling and neighbours show. ``is_titled``: the sentence is set in
    capitals or title case, so that a capital tells nothing."""
    if any(test(lexemes, amount) for test in (_is_fused, _is_date_or_clock, _is_year, _is_relative_time, _is_idiom)):
        return True
    if _is_serial(lexemes, amount, text):
        return True
    if amount.shape is Shape.SCORE:
        return False
    return _is_label(lexemes, amount) or (not is_titled and _is_name(lexemes, amount)) or _is_route(lexemes, amount, text)


def _is_bare(amount: Amount) -> bool:
    return amount.unit is None and amount.shape in (Shape.PLAIN, Shape.SCORE)


def _is_fused(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Part of a code: "G7", "Mako-5", "14A", "43rd", "9/11", "1990s", "#3"."""
    first, last = amount.first, amount.last
    before, after = at(lexemes, first - 1), at(lexemes, last)
    if is_joined(lexemes, first) and (before.isalnum() or before in ("#", "№", "/", ".", "_", "@") or (before == ":" and at(lexemes, first - 2).isdigit())):
        return True
    if is_joined(lexemes, first) and before in "-–" and is_joined(lexemes, first - 1):
        return not re.fullmatch(r"(?:pre|post|mid|sub|non|near|sub|over|under|magnitude|age|aged)", at(lexemes, first - 2))
    if not is_joined(lexemes, last):
        return False
    if after.isalpha():
        return lexemes[last - 1].text[-1].isdigit()
    return after in ("/", ":", "_", "@") and at(lexemes, last + 1).isalnum() and is_joined(lexemes, last + 1) and at(lexemes, last + 1)[0].isdigit()


def _is_date_or_clock(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    if amount.unit not in (None, "h", "m") or amount.shape is Shape.SHARE or amount.is_money:
        return False
    first, last = amount.first, amount.last
    step = last + 1 if at(lexemes, last) == "of" else last
    if step < len(lexemes) and _MONTHS.fullmatch(lexemes[step].text) and amount.high <= 31:
        return True
    is_listed = at(lexemes, last) in ("and", "or", ",", "to", "-", "–") and at(lexemes, last + 1).isdigit()
    if is_listed and last + 2 < len(lexemes) and _MONTHS.fullmatch(lexemes[last + 2].text) and amount.high <= 31:
        return True
    is_day = amount.high <= 31 and _MONTHS.fullmatch(lexemes[first - 1].text) if first else None
    if is_day and not _COUNTED_PEOPLE.fullmatch(at(lexemes, last)):
        return True
    if amount.high < 60 and (at(lexemes, last) in _CLOCK_AFTER or (at(lexemes, last) in ("past", "to") and at(lexemes, last + 1) in CARDINALS)):
        return True
    if amount.high <= 24 and _is_clock(lexemes, first, last):
        return True
    in_the = at(lexemes, last) == "in" and at(lexemes, last + 1) == "the" and at(lexemes, last + 2) in ("morning", "afternoon", "evening")
    return amount.unit is None and (in_the or (at(lexemes, first - 1) in ("past", "o'clock") and at(lexemes, first - 2) in ("half", "quarter")))


def _is_clock(lexemes: Sequence[Lexeme], first: int, last: int) -> bool:
    """ "11 p.m.", "ten to five", "until ten"."""
    if at(lexemes, last) in ("a", "p") and at(lexemes, last + 1) == "." and at(lexemes, last + 2) == "m":
        return True
    before = at(lexemes, first - 1)
    if before in ("after", "before") and at(lexemes, first - 2) in ("shortly", "just", "soon", "little", "long", "bit") and not at(lexemes, last).isalpha():
        return True
    if before in ("at", "by", "until", "from") and re.fullmatch(r"[012]?\d\.[0-5]\d", lexemes[first].text) and not at(lexemes, last).isalpha():
        return first < 2 or not _RATES.match(at(lexemes, first - 2))
    if before in ("to", "past") and at(lexemes, first - 2) in ("five", "ten", "twenty", "quarter", "half", "minutes"):
        return at(lexemes, first - 3) in ("at", "was", "until", "by", "about", "around", "before", "after", "a")
    is_alone = not at(lexemes, last).isalpha() or at(lexemes, last) in ("because", "when", "on", "in", "as", "and", "but", "at")
    return before in ("until", "till") and is_alone


def _is_year(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    text = lexemes[amount.last - 1].text
    if not _is_bare(amount) or not (len(text) == 4 and text.isdigit()) or amount.scale != 1.0:
        return False
    before, after = at(lexemes, amount.first - 1), at(lexemes, amount.last)
    if amount.first > 0 and _MONTHS.fullmatch(lexemes[amount.first - 1].text):
        return True
    if amount.is_range and amount.last - amount.first == 3:
        return 1000 <= amount.low <= 2100 and not _COUNTED_PEOPLE.fullmatch(after)
    if 1900 <= amount.high <= 2099:
        return before in _YEAR_BEFORE - {"about", "around", "of", "for"} or not _COUNTED_PEOPLE.fullmatch(after)
    return before in ("in", "since", "until", "circa", "by") and 1000 <= amount.high <= 2100


def _is_serial(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> bool:
    """Phone numbers and other digit groups side by side, leading zeros, bullets, numbered lists."""
    first, last = amount.first, amount.last
    text, before = lexemes[first].text, at(lexemes, first - 1)
    if not text[0].isdigit():
        return False
    if text[0] == "0" and len(text) > 1 and text[1] not in ".,":
        return True
    if _is_bare(amount) and any(side[:1].isdigit() and len(side) >= 2 for side in (at(lexemes, last), before if not is_joined(lexemes, first) else "")):
        return True
    after = at(lexemes, last)
    is_line_start = first == 0 or "\n" in text[lexemes[first - 1].end : lexemes[first].start]
    if is_line_start and last == first + 1 and after in (".", ")") and amount.unit is None:
        return True  # "3. Turn off the gas"
    if before == "(" and after == ")" and at(lexemes, first - 2) in ("", ".", ",", ";", ":") and amount.unit is None:
        return True
    return before in (".", ";") and after in (".", ")") and amount.unit is None and last + 1 < len(lexemes)


def _is_relative_time(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "two days earlier", "the past three weeks": offsets from another time, which the dates are made of."""
    if amount.unit not in ("s", "min", "h", "d", "wk", "mo", "yr") or amount.shape in (Shape.AGE, Shape.ATTRIBUTIVE):
        return False
    before = [at(lexemes, amount.first - n) for n in range(1, 4)]
    if before[0] in _RELATIVE_BEFORE or before[0] == "in" and at(lexemes, amount.last) in ("'", "’") and at(lexemes, amount.last + 1) == "time":
        return True
    if at(lexemes, amount.last) == "on" and at(lexemes, amount.last + 1) == ",":
        return True
    if at(lexemes, amount.last) == "from":
        return at(lexemes, amount.last + 1) == "now"
    if "for" in before or ("lasted" in before) or before[0] == "of":
        return False
    return at(lexemes, amount.last) in _RELATIVE_AFTER


def _is_idiom(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "one" as a pronoun and in idioms; "one-off", "two-way"."""
    word, after = at(lexemes, amount.first), at(lexemes, amount.last)
    if amount.shape is Shape.ATTRIBUTIVE and amount.unit is None and at(lexemes, amount.last + 1) in _NOT_COUNTED:
        return True
    if amount.shape is Shape.SHARE:
        return amount.first > 0 and after in ("past", "back", "hearted", "way", "mast", "time", "term", "board", "-")
    if word == "zero" and after in ("tolerance", "hour", "carbon"):
        return True
    if word != "one" or amount.last != amount.first + 1 or amount.unit is not None:
        return False
    before = at(lexemes, amount.first - 1)
    if before in ("no", "any", "every", "each", "some", "this", "that", "which", "the", "another", "only", "day", "number", "loved", "single"):
        return after != "-"
    return after in _ONE_IDIOMS or not (after.isalpha() or after == "-")


def _is_label(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """A number after the noun it labels, with nothing after it to count: "page three", "rider number 112", "No. 9"."""
    if amount.shape is Shape.INDEFINITE or amount.unit not in (None, "m", "t", "g") or amount.is_money or amount.scale != 1.0:
        return False
    first = amount.first - 1
    if at(lexemes, first) == "." and at(lexemes, first - 1) in ("no", "nos", "art", "sec", "vol", "ch", "pp", "p"):
        return not _COUNTED_PEOPLE.fullmatch(at(lexemes, amount.last))
    if at(lexemes, first) in ("and", "to", "or", ",", "-", "–") and at(lexemes, first - 1)[:1].isdigit():
        first -= 2  # "grades 7 and 8"
        return at(lexemes, first) in LABELLED and at(lexemes, first).endswith("s")
    if at(lexemes, first) not in LABELLED or first < 0:
        return False
    is_clause_end = at(lexemes, first - 1) in _DETERMINERS and at(lexemes, first) not in ("number", "no")
    return not (is_clause_end and _is_counting(lexemes, amount.last))


def _is_counting(lexemes: Sequence[Lexeme], index: int) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,}[^\Ws]s|people|men|women|children|staff", at(lexemes, index))) or at(lexemes, index) in SCALES


def _is_name(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Inside a name: after a capitalised word with nothing countable after it, or itself spelt with a capital."""
    if amount.is_money or amount.shape in (Shape.INDEFINITE,):
        return False
    first, last = amount.first, amount.last
    word, follows = lexemes[first].text, lexemes[last].text if last < len(lexemes) else ""
    is_opening = _is_opening(lexemes, first)
    if word[0].isupper() and not is_opening:
        return True
    if is_opening and word[0].isupper() and follows[:1].isupper() and not follows.isupper() and _is_capital_run(lexemes, last):
        return True
    if not _is_bare(amount):
        return False
    if _is_unit_name(lexemes, amount):
        return True
    if first == 0:
        return False
    if follows[:1].isupper() and any(lexeme.text in _STREETS for lexeme in lexemes[last + 1 : last + 3]):
        return True
    if lexemes[first - 1].lower == "of" and first > 1 and lexemes[first - 2].text[0].isupper() and not _is_counting(lexemes, last):
        return True  # "Group of 77"
    if follows[:1].isupper() and at(lexemes, last + 1)[:1].isalpha() and lexemes[last + 1].text[0].isupper() and not is_opening:
        return _is_capital_run(lexemes, last) and lexemes[last + 1].lower.endswith(("men", "s")) and not follows.isupper() and not _is_demonym(follows)
    before = lexemes[first - 1].text
    is_capital = before[0].isupper() and not _is_opening(lexemes, first - 1) and not _MONTHS.fullmatch(before)
    return is_capital and before.isalpha() and not _is_counting(lexemes, last) and not _is_counting(lexemes, last + 1)


def _is_unit_name(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "810 Separate Naval Brigade": two capitals or more, the last one singular, and no noun in lower case after them."""
    end = amount.last
    while end < min(len(lexemes), amount.last + 6) and lexemes[end].text[0].isupper():
        end += 1
    if amount.high <= 1 or end - amount.last < 2 or lexemes[end - 1].lower.endswith(("s", "men", "people")):
        return False
    return at(lexemes, end) in ("", ".", ",", ";", ")", "of", "in", "on", "at", "is", "was", "has", "had", "will", "said", "says", "have")


def _is_demonym(word: str) -> bool:
    return word.endswith(("an", "ese", "ish", "ian", "ch", "i"))


def _is_capital_run(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Two capitalised words, or one that ends the phrase."""
    following = lexemes[index + 1].text if index + 1 < len(lexemes) else "."
    return following[0].isupper() or not following[0].isalnum()


def _is_opening(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Where a capital is due anyway: at the start, after a quotation mark, colon, dash or bracket."""
    return index == 0 or lexemes[index - 1].text in "\"'“”‘:.!?-–—(|•*;…)"


def _is_route(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> bool:
    """ "the 22", "the 7.05 from ...": a service known by its number or its hour."""
    if not _is_bare(amount) or at(lexemes, amount.first - 1) != "the" or not lexemes[amount.first].text[0].isdigit():
        return False
    after = at(lexemes, amount.last)
    if re.fullmatch(r"\d{1,2}\.\d\d", lexemes[amount.first].text) and after in ("from", "to", "train", "service", "departure", "bus", "ferry"):
        return True
    start = lexemes[amount.first].start
    is_alone = after in ("", "from", "to", "with", "and", ",", ".", "will", "was", "is", "runs", "into", "bus", "tram", "train")
    return amount.high < 1000 and is_alone and bool(_ROUTES.search(text[max(0, start - 200) : start + 200]))
