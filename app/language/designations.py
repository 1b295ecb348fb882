"""Numbers that name or label something and count nothing: codes, names, addresses, routes, list numbers, idioms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.amounts import Amount, Shape
from app.language.cardinals import SCALES
from app.language.lexemes import Lexeme, at, cased, is_joined, words
from app.language.peoples import is_people
from app.language.time_numbers import COUNTABLE, MONTHS, is_time

# Nouns whose number is a label when it follows them: "page three", "gate 2", "reactor 4".
_LABELLED = words(
    "article section chapter page paragraph line phase gate day stage level week part step version grade year room "
    "route highway road flight sector number no nos psalm lot studio channel radio pad type class category platform "
    "terminal reactor engine block tower zone district ward precinct season episode volume act scene round game set "
    "group pool heat lane bay berth pier quarter schedule appendix annex table figure question item clause rule law "
    "title form tier formula court runway hangar camp site well shaft pit pump turbine boiler silo warehouse door exit "
    "junction apartment apt flat floor suite bus tram train division league option plan point protocol resolution "
    "operation exhibit count witness box building buoy barge unit battalion company regiment hill area region track "
    "hole bed cell booth row seat generation model series mark mach apollo world war top priority verse"
)
_LABELLED_PLURALS = words(
    "articles sections pages grades rooms routes highways lots platforms gates levels years verses chapters paragraphs "
    "rounds counts lines items questions clauses rules channels"
)
_VERBS = words("count counts top tops level levels")  # labels that are verbs as well: "the office counts 12 injured"
_ABBREVIATED_LABELS = words("no nos art sec vol ch p pp")
_DETERMINERS = words("a an the this that each every one another last next same first second")
_ROUTES = re.compile(
    r"\b(?:bus(?:es)?|trams?|routes?|trains?|lines?|services?|departure|flight|ferry|ferries)\b", re.IGNORECASE
)
_RUNS_FROM = words("from to train service departure bus ferry")
_ROUTE_ENDS = words("from to with and , . will was is runs into bus tram train instead again home at on for") | {""}
_STREETS = words(
    "Street St Road Rd Avenue Ave Lane Drive Square Terrace Close Crescent Boulevard Row Court Place Way Gardens Grove "
    "Quay"
)
_NAME_ENDS = words(". , ; ) of in on at is was has had will said says have") | {""}
_DEMONYM_ENDS = ("an", "ese", "ish", "ch", "i")
_ONE_AFTER = words(
    "day another thing way side hand point time such more by who of that to or and with in is was has had on for can "
    "could may might will would should at as from"
)
_ONE_BEFORE = words("no any every each some this which the another only day number loved single")
_DIALLING = words("ring rings rang ringing dial dials dialled dialed dialling dialing phone phoned call called calling")
_HALVES = words("past back hearted way mast time term board -")
_UNCOUNTED_PARTS = words("way off time sided handed piece fold dimensional")
_PREFIXES = words("pre post mid sub non near over under magnitude age aged")


def is_designation(lexemes: Sequence[Lexeme], amount: Amount, *, text: str, is_titled: bool) -> bool:
    """Whether an amount is no quantity, as far as spelling and neighbours show. ``is_titled``: the sentence is set in
    capitals or title case, so that a capital tells nothing."""
    if any(test(lexemes, amount) for test in (_is_fused, is_time, _is_serial, _is_dialled, _is_idiom)):
        return True
    if _is_list_number(lexemes, amount, text) or _is_route(lexemes, amount, text):
        return True
    if amount.shape is Shape.SCORE:
        return False
    return _is_label(lexemes, amount) or (not is_titled and _is_name(lexemes, amount))


def _is_bare(amount: Amount) -> bool:
    return amount.unit is None and amount.shape in (Shape.PLAIN, Shape.SCORE)


def _is_counting(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether a plural in lower case, or a scale, stands there."""
    word = cased(lexemes, index)
    return word in SCALES or bool(re.fullmatch(r"[a-z]{2,}[^\Ws]s|people|men|women|children|staff", word))


def _is_fused(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Part of a code: "G7", "Mako-5", "14A", "43rd", "9/11", "1990s", "#3", "2024-11-06"."""
    first, last = amount.first, amount.last
    before, after = at(lexemes, first - 1), at(lexemes, last)
    if is_joined(lexemes, first):
        if before.isalnum() or before in "#№/._@" or (before == ":" and at(lexemes, first - 2).isdigit()):
            return True
        if before in "-–" and is_joined(lexemes, first - 1):
            return at(lexemes, first - 2) not in _PREFIXES
    if not is_joined(lexemes, last):
        return False
    if after.isalpha():
        return cased(lexemes, last - 1)[-1].isdigit()
    return after in "/:_@" and is_joined(lexemes, last + 1) and at(lexemes, last + 1)[0].isdigit()


def _is_serial(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Phone numbers and other digit groups side by side; leading zeros."""
    first, text = amount.first, cased(lexemes, amount.first)
    if not text[0].isdigit():
        return False
    if re.match(r"0[^.,]", text):
        return True
    before = at(lexemes, first - 1) if not is_joined(lexemes, first) else ""
    return _is_bare(amount) and any(re.match(r"\d\d", side) for side in (before, at(lexemes, amount.last)))


def _is_dialled(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "rang 999": three digits, and nothing to count, after a verb of telephoning."""
    is_short = _is_bare(amount) and bool(re.fullmatch(r"\d{3}", cased(lexemes, amount.last - 1)))
    is_followed = any(_is_counting(lexemes, amount.last + step) for step in (0, 1))
    return is_short and at(lexemes, amount.first - 1) in _DIALLING and not is_followed


def _is_list_number(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> bool:
    """ "3. Turn off the gas", "(2)", "... left. 4."."""
    first, before, after = amount.first, at(lexemes, amount.first - 1), at(lexemes, amount.last)
    if amount.unit is not None or not text[lexemes[first].start].isdigit() or after not in (".", ")"):
        return False
    is_line_start = first == 0 or "\n" in text[lexemes[first - 1].end : lexemes[first].start]
    if before == "(":
        return after == ")" and at(lexemes, first - 2) in ("", ".", ",", ";", ":")
    return (is_line_start and amount.last == first + 1) or (before in (".", ";") and amount.last + 1 < len(lexemes))


def _is_idiom(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "one" as a pronoun and in idioms, "one-off", "two-way", "half-time", "zero tolerance"."""
    word, before, after = at(lexemes, amount.first), at(lexemes, amount.first - 1), at(lexemes, amount.last)
    if amount.shape is Shape.SHARE:
        return amount.first > 0 and after in _HALVES
    if amount.unit is not None:
        return False
    if amount.shape is Shape.ATTRIBUTIVE and at(lexemes, amount.last + 1) in _UNCOUNTED_PARTS:
        return True
    if word == "one" and amount.last == amount.first + 1:
        is_noun_next = after.isalpha() and after not in _ONE_AFTER and before not in _ONE_BEFORE
        return after != "-" and not is_noun_next
    return word == "zero" and after in ("tolerance", "hour", "carbon")


def _is_label(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """A number after the noun it labels, with nothing after it to count: "page three", "rider number 112", "No. 9"."""
    is_measure = amount.unit not in (None, "m", "t", "g") or amount.is_money or amount.scale != 1.0
    if is_measure or amount.shape is Shape.INDEFINITE:
        return False
    place = amount.first - 1
    noun, earlier = at(lexemes, place), at(lexemes, place - 1)
    if noun == "." and earlier in _ABBREVIATED_LABELS:
        return not COUNTABLE.fullmatch(at(lexemes, amount.last))
    if earlier[:1].isdigit() and noun in ("and", "to", "or", ",", "-", "–"):
        return at(lexemes, place - 2) in _LABELLED_PLURALS  # "grades 7 and 8"
    if noun not in _LABELLED | _LABELLED_PLURALS:
        return False
    is_phrase = earlier in _DETERMINERS and noun not in ("number", "no")  # "in the group 12 people"
    following = [at(lexemes, amount.last), at(lexemes, amount.last + 1)]
    is_verb = noun in _VERBS and ("dead" in following or _is_counting(lexemes, amount.last + 1))
    return not ((is_phrase or noun in _VERBS) and (_is_counting(lexemes, amount.last) or is_verb))


def _is_name(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Inside a name, as capitals show: the number's own, or its neighbours' with nothing countable after it."""
    if amount.is_money or amount.shape is Shape.INDEFINITE:
        return False
    word, follows = cased(lexemes, amount.first), cased(lexemes, amount.last)
    is_people_next = any(is_people(cased(lexemes, amount.last + step)) for step in (0, 1))  # "Two North Koreans"
    is_capital = follows[:1].isupper() and not follows.isupper() and not is_people_next
    is_title = is_capital and _is_capital_run(lexemes, amount.last)
    if word[0].isupper() and (not _is_opening(lexemes, amount.first) or is_title):
        return True
    if not _is_bare(amount):
        return False
    tests = (_is_proper_phrase, _is_address, _is_title_of_work, _is_after_name)
    return any(test(lexemes, amount) for test in tests)


def _is_proper_phrase(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "810 Separate Naval Brigade": two capitals or more, the last one singular, no noun in lower case after."""
    end = amount.last
    while end < min(len(lexemes), amount.last + 6) and cased(lexemes, end)[0].isupper():
        end += 1
    if amount.high <= 1 or end - amount.last < 2 or at(lexemes, end - 1).endswith(("s", "men", "people")):
        return False
    return at(lexemes, end) in _NAME_ENDS


def _is_address(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "14 Mercer Street"."""
    is_capital = cased(lexemes, amount.last)[:1].isupper()
    return is_capital and any(cased(lexemes, amount.last + step) in _STREETS for step in (1, 2))


def _is_title_of_work(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "12 Angry Men": a capitalised adjective and plural; "12 Orthodox priests" and "two Boeing 737s" count."""
    first, last = amount.first, amount.last
    adjective, noun = cased(lexemes, last), cased(lexemes, last + 1)
    if first == 0 or _is_opening(lexemes, first) or not (adjective[:1].isupper() and noun[:1].isupper()):
        return False
    is_plural = noun.isalpha() and noun.lower().endswith(("men", "s"))
    return is_plural and not (adjective.isupper() or adjective.endswith(_DEMONYM_ENDS) or is_people(noun))


def _is_after_name(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "Vega 9", "Terminal 2", "the Group of 77"."""
    first, last = amount.first, amount.last
    before = cased(lexemes, first - 1)
    if before == "of":
        return cased(lexemes, first - 2)[:1].isupper() and first > 2 and not _is_counting(lexemes, last)
    is_capital = before.isalpha() and before[0].isupper() and not _is_opening(lexemes, first - 1)
    if not is_capital or MONTHS.fullmatch(before):
        return False
    return not _is_counting(lexemes, last) and not _is_counting(lexemes, last + 1)


def _is_capital_run(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Two capitalised words, or one that ends the phrase."""
    following = cased(lexemes, index + 1) or "."
    return following[0].isupper() or not following[0].isalnum()


def _is_opening(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Where a capital is due anyway: at the start, after a quotation mark, colon, dash or bracket."""
    return index <= 0 or cased(lexemes, index - 1) in "\"'“”‘:.!?-–—(|•*;…)"


def _is_route(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> bool:
    """ "the 22", "the 7.05 from ...": a service known by its number or its hour."""
    number, after = lexemes[amount.first], at(lexemes, amount.last)
    if not _is_bare(amount) or at(lexemes, amount.first - 1) != "the" or not number.text[0].isdigit():
        return False
    if re.fullmatch(r"\d{1,2}\.\d\d", number.text) and after in _RUNS_FROM:
        return True
    near = text[max(0, number.start - 200) : number.start + 200]
    return amount.high < 1000 and after in _ROUTE_ENDS and bool(_ROUTES.search(near))
