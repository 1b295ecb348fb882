"""Arithmetic over quantities: what values a stated figure allows, and whether two figures can both be right.

Conventions, all deterministic:
- A hedged value ("about") covers 5 % either side, 10 % below 100. A share told in words ("a third") counts as hedged.
- A round figure covers half its last stated place, taken at two significant digits or finer; a plain count below 1,000
  is no round figure but a count.
- Of two figures the wider tolerance decides; tolerances are not added.
- A hedge leaves room up to a quarter of the larger value; beyond that the figures contradict each other.
- A lower bound ("at least", "dozens") is meant to be near the truth: a value over three times as
  large is a discrepancy.
- "Up to" states a figure: another value below it is a discrepancy, not a confirmation.
"""

from __future__ import annotations

from math import floor, inf, isclose, isfinite, log10

from app.domain.quantity_terms import COUNTED, ROLES, STATES
from app.domain.values import Qualifier, Quantity, Relation

_ABOUT_SHARE, _ABOUT_SMALL_SHARE, _SMALL = 0.05, 0.10, 100.0
_SMALLEST_ROUNDED_COUNT = 1000.0
_MILLION = 1e6
_LEEWAY = 0.25
_REACH = 3.0
_INDEFINITE = ("tens", "dozens", "scores", "hundreds", "thousands", "millions", "billions", "several", "few")
_INDEFINITE_REACH = 5.0
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_UNIT_NAMES = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "yr": "year",
    "pp": "percentage point",
    "bp": "basis point",
    "acre": "acre",
}
_MAGNITUDES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_PREFIXES = {
    Qualifier.ABOUT: "about ",
    Qualifier.UP_TO: "up to ",
    Qualifier.AT_LEAST: "at least ",
    Qualifier.MORE_THAN: "more than ",
}


def interval(quantity: Quantity) -> tuple[float, float]:
    """The closed interval the words allow before any tolerance, in SI units when the measure has them, else as stated.
    Open ends are infinite: "up to 12,000" is ``(-inf, 12000)``."""
    measure = quantity.base or quantity
    low = -inf if measure.low is None else measure.low
    high = inf if measure.high is None else measure.high
    return low, high


def tolerance(quantity: Quantity) -> float:
    """How far the true value may lie outside the stated one and the statement still be fair, in the interval's unit."""
    value = _stated(quantity)
    if value == 0.0:
        return 0.0
    hedge = 0.0
    if quantity.qualifier is Qualifier.ABOUT or _is_share_in_words(quantity):
        is_small_count = abs(value) < _SMALL and quantity.unit in (None, "%")
        hedge = (_ABOUT_SMALL_SHARE if is_small_count else _ABOUT_SHARE) * abs(value)
    return max(hedge, _rounding(value) if _is_rounded(quantity, value) else 0.0) * _factor(quantity)


def is_comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities measure in one dimension: plain counts, one currency, both shares, or one SI unit. An
    amount in millions of nothing named ("he speaks of 60 million") may be money."""
    if a.base is not None and b.base is not None:
        return a.base.unit == b.base.unit
    if a.base is not None or b.base is not None:
        return False
    return a.unit == b.unit or (is_money(a) and _is_elliptical(b)) or (_is_elliptical(a) and is_money(b))


def is_money(quantity: Quantity) -> bool:
    """Whether the unit is a currency: the only units in three capitals."""
    return quantity.unit is not None and len(quantity.unit) == 3 and quantity.unit.isupper()


def _is_elliptical(quantity: Quantity) -> bool:
    return quantity.unit is None and quantity.counted is None and abs(_stated(quantity)) >= _MILLION


def is_precise(quantity: Quantity) -> bool:
    """A figure that two texts hardly give by chance: of two digits or more, and no small count (11,000, 6.8 billion
    euros, 118,000; not 3,000 or 24)."""
    value = abs(_stated(quantity))
    is_small = value < _SMALL and quantity.unit in (None, "%") and value == floor(value)
    return not is_small and len(f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0")) > 1


def compare(a: Quantity, b: Quantity) -> Relation:
    """How two answers to one question relate: agree, compatible, discrepancy or contradiction. Symmetric.

    Raises ValueError when they are not comparable."""
    if not is_comparable(a, b):
        raise ValueError(f"cannot compare a quantity in {a.unit!r} with one in {b.unit!r}")
    if _is_same(a, b):
        return Relation.AGREE
    (low_a, high_a), (low_b, high_b) = interval(a), interval(b)
    gap = max(low_a, low_b) - min(high_a, high_b)
    allowed = max(tolerance(a), tolerance(b))
    if gap > 0 and not isclose(gap, 0.0, abs_tol=1e-9):
        return _disjoint(a, b, gap=gap, allowed=allowed)
    if Qualifier.UP_TO in (a.qualifier, b.qualifier):
        return _with_upper(a, b, allowed=allowed)
    if Qualifier.BETWEEN is a.qualifier is b.qualifier:
        nested = (low_a <= low_b and high_b <= high_a) or (low_b <= low_a and high_a <= high_b)
        return Relation.COMPATIBLE if nested else Relation.DISCREPANCY
    return Relation.COMPATIBLE if _is_within_reach(a, b) and _is_within_reach(b, a) else Relation.DISCREPANCY


def is_one_figure(a: Quantity, b: Quantity) -> bool:
    """Whether two comparable quantities state one figure, be it that one rounds the other ("47.8 million", "48
    million") or is a bound next to it ("more than six in ten" of 61.4 percent)."""
    relation = compare(a, b)
    if relation != Relation.COMPATIBLE or Qualifier.BETWEEN in (a.qualifier, b.qualifier):
        return relation == Relation.AGREE
    ends = [[end for end in interval(q) if isfinite(end)] for q in (a, b)]
    if min(map(len, ends)) > 1:  # no bound
        return True
    room = _ABOUT_SHARE * max(abs(_stated(q)) * _factor(q) for q in (a, b))
    return any(abs(x - y) <= room * (1 + 1e-9) for x in ends[0] for y in ends[1])


def _is_same(a: Quantity, b: Quantity) -> bool:
    """The same value; "about 11,000" and "11,000" state one figure, "at least 11,000" another."""
    ends_a, ends_b = interval(a), interval(b)
    if not all(x == y or isclose(x, y, rel_tol=1e-9) for x, y in zip(ends_a, ends_b, strict=True)):
        return False
    points = (Qualifier.EXACT, Qualifier.ABOUT)
    return a.qualifier is b.qualifier or (a.qualifier in points and b.qualifier in points) or isfinite(sum(ends_a))


def _disjoint(a: Quantity, b: Quantity, *, gap: float, allowed: float) -> Relation:
    if gap <= allowed * (1 + 1e-9):
        return Relation.COMPATIBLE
    is_hedged = any(q.qualifier is Qualifier.ABOUT or _is_share_in_words(q) for q in (a, b))
    room = _LEEWAY * max(abs(_stated(q)) * _factor(q) for q in (a, b))
    return Relation.DISCREPANCY if is_hedged and gap <= room else Relation.CONTRADICTION


def _with_upper(a: Quantity, b: Quantity, *, allowed: float) -> Relation:
    """At least one is "up to"; the intervals overlap."""
    others = {Qualifier.AT_LEAST, Qualifier.MORE_THAN, Qualifier.LESS_THAN}
    if a.qualifier in others or b.qualifier in others:
        return Relation.COMPATIBLE
    difference = abs(interval(a)[1] - interval(b)[1])
    return Relation.COMPATIBLE if difference <= allowed * (1 + 1e-9) else Relation.DISCREPANCY


def _is_within_reach(bound: Quantity, value: Quantity) -> bool:
    """Whether a value is no further above a lower bound than such words reach."""
    low, top = interval(bound)[0], interval(value)[1]
    if bound.qualifier not in (Qualifier.AT_LEAST, Qualifier.MORE_THAN) or low <= 0 or not isfinite(top):
        return True
    return top <= low * (_INDEFINITE_REACH if is_indefinite(bound) else _REACH)


def is_indefinite(quantity: Quantity) -> bool:
    """Whether the figure is a plural scale: "dozens", "tens of thousands", "several hundred"."""
    return quantity.exact.lower().startswith(_INDEFINITE)


def _stated(quantity: Quantity) -> float:
    """The figure as stated: a point, the finite end, or a range's end of larger size."""
    ends = [end for end in (quantity.low, quantity.high) if end is not None]
    return max(ends, key=abs, default=0.0)


def _factor(quantity: Quantity) -> float:
    """From the stated unit to the interval's, for differences (an offset scale such as Celsius shifts, too)."""
    if quantity.base is None:
        return 1.0
    if quantity.base.unit == "K":
        return 5 / 9 if quantity.unit == "°F" else 1.0
    for stated, converted in ((quantity.low, quantity.base.low), (quantity.high, quantity.base.high)):
        if stated and converted:
            return converted / stated
    return 1.0


def _is_share_in_words(quantity: Quantity) -> bool:
    return quantity.unit == "%" and not any(letter.isdigit() for letter in quantity.exact)


def _is_rounded(quantity: Quantity, value: float) -> bool:
    return quantity.unit is not None or abs(value) >= _SMALLEST_ROUNDED_COUNT or quantity.qualifier is Qualifier.ABOUT


def _rounding(value: float) -> float:
    """Half of the last stated place, at two significant digits or finer: 50 for 2,000, 0.05 for 14.5."""
    digits = f"{abs(value):.6f}".replace(".", "").strip("0")
    return 0.5 * 10.0 ** (floor(log10(abs(value))) - max(len(digits), 2) + 1)


def canonical_counted(counted: str) -> str:
    """A counted thing, or a role, with its head replaced by the term that stands for its synonyms: "north korean troop"
    is "north korean soldier"; "death toll", "dead" and "died" are "killed"."""
    if counted in COUNTED or counted in ROLES:
        return COUNTED.get(counted) or ROLES[counted]
    *modifiers, head = counted.split() or [""]
    return " ".join([*modifiers, COUNTED.get(head) or ROLES.get(head, head)])


def canonical_question(quantity: Quantity) -> tuple[str | None, str | None]:
    """(counted, role) in canonical terms, where "23 dead", "a toll of 23" and "23 people killed" come out alike, and
    "eleven injured children" as eleven children injured."""
    counted = canonical_counted(quantity.counted) if quantity.counted else None
    role = canonical_counted(quantity.role) if quantity.role else None
    if counted in STATES:
        return "person", counted
    terms = [canonical_counted(word) for word in (counted or "").split()]
    if states := [term for term in terms if term in STATES]:
        return " ".join(term for term in terms if term not in STATES), states[0]
    return counted, role


def label(quantity: Quantity) -> str:
    """The quantity in plain English, for reports: "about 11,000", "$3.2 million", "10 to 12 weeks", "dozens"."""
    if is_indefinite(quantity) and quantity.qualifier is Qualifier.AT_LEAST:
        return quantity.exact.lower()
    if quantity.qualifier is Qualifier.BETWEEN and quantity.low is not None and quantity.high is not None:
        low = _amount(quantity.low, quantity.unit) if quantity.unit in _SIGNS else _number(quantity.low)
        return f"{low} to {_amount(quantity.high, quantity.unit)}"
    prefix = _PREFIXES.get(quantity.qualifier, "")
    if quantity.qualifier is Qualifier.LESS_THAN:
        prefix = "fewer than " if quantity.unit is None else "less than "
    return prefix + _amount(_stated(quantity), quantity.unit)


def _amount(value: float, unit: str | None) -> str:
    number = _number(value)
    if unit is None:
        return number
    if unit in _SIGNS:
        return f"-{_SIGNS[unit]}{number[1:]}" if number.startswith("-") else _SIGNS[unit] + number
    if unit == "%":
        return number + "%"
    name = _UNIT_NAMES.get(unit)
    return f"{number} {name}{'' if abs(value) == 1 else 's'}" if name else f"{number} {unit}"


def _number(value: float) -> str:
    for size, name in _MAGNITUDES:
        if abs(value) >= size:
            scaled = f"{value / size:.3f}".rstrip("0").rstrip(".")
            return f"{scaled} {name}" if isclose(float(scaled) * size, value, rel_tol=1e-12) else f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
