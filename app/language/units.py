"""Units of measure and currencies as news copy writes them, and their SI measure through ``pint``.

Symbols are UCUM-like as usually written (km, nmi, ha, bbl, kWh, °C, km/h, wk, yr), ISO 4217 for money, "%", "pp" for
percentage points and "bp" for basis points. Money is never converted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import pint

from app.domain.values import BaseMeasure
from app.language.lexemes import Lexeme, at, cased, is_joined

# symbol: pint's name, SI symbol, words that are always the unit (any case), abbreviations (exact case)
_MEASURES: dict[str, tuple[str, str, str, str]] = {
    "km": ("km", "m", "kilometre kilometer kilometres kilometers", "km kms"),
    "m": ("m", "m", "metre meter metres meters", "m"),
    "cm": ("cm", "m", "centimetre centimeter centimetres centimeters", "cm"),
    "mm": ("mm", "m", "millimetre millimeter millimetres millimeters", "mm"),
    "mi": ("mile", "m", "mile miles", "mi"),
    "nmi": ("nautical_mile", "m", "", "nmi nm"),
    "yd": ("yard", "m", "yard yards", "yd yds"),
    "ft": ("foot", "m", "foot feet", "ft"),
    "in": ("inch", "m", "inch inches", ""),
    "t": ("tonne", "kg", "tonne tonnes ton tons", "t"),
    "kg": ("kg", "kg", "kilogram kilograms kilogramme kilogrammes kilo kilos", "kg kgs"),
    "g": ("g", "kg", "gram grams gramme grammes", "g"),
    "mg": ("mg", "kg", "milligram milligrams", "mg"),
    "ug": ("ug", "kg", "microgram micrograms", "ug µg μg mcg"),
    "lb": ("pound", "kg", "pound pounds lbs", "lb"),
    "oz": ("ounce", "kg", "ounce ounces", "oz"),
    "ha": ("hectare", "m2", "hectare hectares", "ha"),
    "acre": ("acre", "m2", "acre acres", ""),
    "m2": ("m**2", "m2", "", "m2 m² sqm"),
    "km2": ("km**2", "m2", "", "km2 km²"),
    "m3": ("m**3", "m3", "", "m3 m³"),
    "L": ("L", "m3", "litre litres liter liters", "L l"),
    "mL": ("mL", "m3", "millilitre millilitres milliliter milliliters", "ml mL"),
    "gal": ("gallon", "m3", "gallon gallons", "gal"),
    "bbl": ("oil_barrel", "m3", "barrel barrels", "bbl"),
    "W": ("W", "W", "watt watts", "W"),
    "kW": ("kW", "W", "kilowatt kilowatts", "kW"),
    "MW": ("MW", "W", "megawatt megawatts", "MW"),
    "GW": ("GW", "W", "gigawatt gigawatts", "GW"),
    "kWh": ("kWh", "J", "", "kWh KWh"),
    "MWh": ("MWh", "J", "", "MWh"),
    "GWh": ("GWh", "J", "", "GWh"),
    "TWh": ("TWh", "J", "", "TWh"),
    "V": ("V", "V", "volt volts", "V"),
    "kV": ("kV", "V", "kilovolt kilovolts", "kV"),
    "°C": ("degC", "K", "celsius", "°C ℃"),
    "°F": ("degF", "K", "fahrenheit", "°F ℉"),
    "deg": ("degree", "rad", "degree degrees", "°"),
    "mph": ("mile/hour", "m/s", "mph", ""),
    "km/h": ("km/hour", "m/s", "kph kmh", ""),
    "kn": ("knot", "m/s", "knots knot", ""),
    "ms": ("ms", "s", "millisecond milliseconds", "ms"),
    "s": ("s", "s", "second seconds sec secs", "s"),
    "min": ("min", "s", "minute minutes min mins", ""),
    "h": ("hour", "s", "hour hours hr hrs", "h"),
    "d": ("day", "s", "day days", ""),
    "wk": ("week", "s", "week weeks", ""),
    "mo": ("month", "s", "month months", ""),
    "yr": ("year", "s", "year years", ""),
    "dB": ("", "", "decibel decibels", "dB"),
    "MB": ("", "", "megabyte megabytes", "MB"),
    "GB": ("", "", "gigabyte gigabytes", "GB"),
    "TB": ("", "", "terabyte terabytes", "TB"),
    "ppm": ("", "", "ppm", ""),
    "ppb": ("", "", "ppb", ""),
    "%": ("", "", "% percent pct", "pc"),
    "pp": ("", "", "pp", ""),
    "bp": ("", "", "bps", "bp"),
}
_PHRASES = {
    ("per", "cent"): "%",
    ("percentage", "point"): "pp",
    ("percentage", "points"): "pp",
    ("basis", "point"): "bp",
    ("basis", "points"): "bp",
    ("kilowatt", "hours"): "kWh",
    ("megawatt", "hours"): "MWh",
    ("gigawatt", "hours"): "GWh",
    ("terawatt", "hours"): "TWh",
    ("nautical", "mile"): "nmi",
    ("nautical", "miles"): "nmi",
    ("sea", "miles"): "nmi",
    ("metric", "tons"): "t",
    ("metric", "tonnes"): "t",
    ("°", "C"): "°C",
    ("°", "F"): "°F",
    ("degrees", "c"): "°C",
    ("degrees", "f"): "°F",
    ("degrees", "celsius"): "°C",
    ("degrees", "centigrade"): "°C",
    ("degrees", "fahrenheit"): "°F",
}
_PARTS_PER = {"million": "ppm", "billion": "ppb"}
_MULTIPLES = {
    "decade": (10, "yr"),
    "decades": (10, "yr"),
    "century": (100, "yr"),
    "centuries": (100, "yr"),
    "fortnight": (2, "wk"),
    "fortnights": (2, "wk"),
}
_POWERS = {"square": "2", "sq": "2", "cubic": "3"}
_JOINED = {"C": "°C", "F": "°F", "in": "in"}  # units only right behind digits: "31C", "10in"
_LENGTHS = frozenset({"km", "m", "cm", "mm", "mi", "ft", "in", "yd", "nmi"})
TIME_UNITS = frozenset({"ms", "s", "min", "h", "d", "wk", "mo", "yr"})
SHARES = frozenset({"%", "pp", "bp"})
_SPEEDS = {"mi/h": "mph"}
_PER_TIME = frozenset({"s", "min", "h", "d", "wk", "mo", "yr"})


@cache
def _words() -> dict[str, str]:
    return {word: symbol for symbol, entry in _MEASURES.items() for word in entry[2].split()}


@cache
def _abbreviations() -> dict[str, str]:
    return {word: symbol for symbol, entry in _MEASURES.items() for word in entry[3].split()}


def is_unit_word(word: str) -> bool:
    """Whether a lower-case word is the name of a unit ("feet") or an abbreviation of more than one letter ("kg")."""
    return word in _words() or word in _MULTIPLES or (len(word) > 1 and word in _abbreviations())


def read_unit(lexemes: Sequence[Lexeme], index: int) -> tuple[float, str, int] | None:
    """The unit that starts at ``index``: (factor, symbol, index after it). A decade is ten years: hence the factor."""
    if at(lexemes, index) in _MULTIPLES:
        factor, symbol = _MULTIPLES[at(lexemes, index)]
        return factor, symbol, index + 1
    simple = _read_simple(lexemes, index)
    if simple is None:
        return None
    symbol, after = simple
    if symbol in SHARES or symbol in TIME_UNITS:
        return 1, symbol, after
    return (1, *_read_rate(lexemes, symbol, after))


def _read_simple(lexemes: Sequence[Lexeme], index: int) -> tuple[str, int] | None:
    pair = (at(lexemes, index), at(lexemes, index + 1))
    if pair in _PHRASES:
        return _PHRASES[pair], index + 2
    if pair == ("parts", "per") and at(lexemes, index + 2) in _PARTS_PER:
        return _PARTS_PER[at(lexemes, index + 2)], index + 3
    if pair[0] == "°" and pair[1] in ("c", "f"):
        return "°" + pair[1].upper(), index + 2
    if pair[0] in _POWERS:
        step = index + 2 if pair[1] in (".", "-") else index + 1
        inner = _read_simple(lexemes, step)
        return (inner[0] + _POWERS[pair[0]], inner[1]) if inner and inner[0] in _LENGTHS else None
    text = cased(lexemes, index)
    if text in _JOINED and is_joined(lexemes, index) and lexemes[index - 1].text[0].isdigit():
        return _JOINED[text], index + 1
    symbol = _words().get(pair[0]) or _abbreviations().get(text)
    if symbol is None and len(text) > 1 and text.isupper():
        symbol = _abbreviations().get(pair[0])  # "40 MG" in a line of capitals
    return (symbol, index + 1) if symbol else None


def _read_rate(lexemes: Sequence[Lexeme], symbol: str, index: int) -> tuple[str, int]:
    """A denominator: "per litre", "/h", "a day" after a measure."""
    joint = at(lexemes, index)
    if joint not in ("per", "/", "a", "an"):
        return symbol, index
    below = _read_simple(lexemes, index + 1)
    if below is None or below[0] in SHARES or (joint in ("a", "an") and below[0] not in _PER_TIME):
        return symbol, index
    rate = f"{symbol}/{below[0]}"
    return _SPEEDS.get(rate, rate), below[1]


@cache
def _registry() -> pint.UnitRegistry[Any]:
    return pint.UnitRegistry()


@cache
def _converter(symbol: str) -> tuple[str, str, str] | None:
    """pint's expression of a symbol, pint's expression of its SI measure, and that measure's symbol."""
    sources, targets = [], []
    for part in [symbol] if symbol in _MEASURES else symbol.split("/"):
        power = part[-1] if part[:-1] in _LENGTHS and part not in _MEASURES else ""
        entry = _MEASURES.get(part.removesuffix(power) if power else part)
        if entry is None or not entry[0]:
            return None
        sources.append(f"{entry[0]}**{power}" if power else entry[0])
        targets.append(entry[1] + power)
    return (
        "/".join(f"({name})" for name in sources),
        "/".join(re.sub(r"(?<=m)(?=[23])", "**", name) for name in targets),
        "/".join(targets),
    )


def base_measure(low: float | None, high: float | None, unit: str | None) -> BaseMeasure | None:
    """The measure in SI units, or None for plain counts, money, shares and units without one (bytes, decibels)."""
    conversion = _converter(unit) if unit else None
    if conversion is None:
        return None
    source, target, symbol = conversion

    def convert(value: float | None) -> float | None:
        return None if value is None else float(_registry().Quantity(value, source).to(target).magnitude)

    return BaseMeasure(low=convert(low), high=convert(high), unit=symbol)
