"""Currencies: signs, codes and names to ISO 4217. A bare "dollar" is USD, and so on for each name's most written one;
an adjective ("Australian dollars") or, for names that several countries share, a country in the sentence decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.numerals import Lexeme, at, is_joined

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₦": "NGN", "₪": "ILS", "฿": "THB", "₱": "PHP", "₫": "VND"}
_DOLLARS = {"us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD", "r": "BRL", "nt": "TWD", "mx": "MXN"}
_CODES = frozenset(
    "USD EUR GBP JPY CNY INR RUB KRW TRY UAH NGN ILS THB PLN SEK NOK DKK CHF CAD AUD NZD HKD SGD BRL MXN ZAR HUF CZK AED SAR MYR IDR VND GHS KES BDT RON BGN PHP PKR EGP QAR KWD".split()
)
_NAMES = {
    "dollar": "USD", "buck": "USD", "euro": "EUR", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rupee": "INR", "rouble": "RUB", "ruble": "RUB", "zloty": "PLN", "zlotys": "PLN",
    "lira": "TRY", "krone": "NOK", "kroner": "NOK", "krona": "SEK", "kronor": "SEK", "franc": "CHF", "baht": "THB", "peso": "MXN", "real": "BRL", "reais": "BRL",
    "hryvnia": "UAH", "hryvnias": "UAH", "forint": "HUF", "koruna": "CZK", "shekel": "ILS", "dirham": "AED", "riyal": "SAR", "ringgit": "MYR", "rupiah": "IDR", "dong": "VND",
    "naira": "NGN", "cedi": "GHS", "shilling": "KES", "taka": "BDT", "lei": "RON", "leu": "RON", "lev": "BGN", "leva": "BGN", "dinar": "KWD", "pound": "GBP", "sterling": "GBP", "rand": "ZAR", "won": "KRW", "crown": "CZK",
}  # fmt: skip
_MINOR = {"cent": "USD", "pence": "GBP", "penny": "GBP", "pennies": "GBP", "eurocent": "EUR"}
# (name, country or its adjective) -> code; looked up for the word before the name, then for the whole sentence
_NATIONAL = {
    ("crown", "swed"): "SEK", ("crown", "norw"): "NOK", ("crown", "dan"): "DKK", ("crown", "icel"): "ISK", ("dollar", "austral"): "AUD", ("dollar", "canad"): "CAD", ("dollar", "new zealand"): "NZD", ("dollar", "hong kong"): "HKD", ("dollar", "singapore"): "SGD", ("dollar", "taiwan"): "TWD",
    ("krone", "dan"): "DKK", ("krone", "denmark"): "DKK", ("krone", "icel"): "ISK", ("krona", "icel"): "ISK", ("franc", "cfa"): "XOF", ("peso", "argentin"): "ARS", ("peso", "chile"): "CLP", ("peso", "colombia"): "COP",
    ("peso", "philippin"): "PHP", ("peso", "cuba"): "CUP", ("rupee", "pakistan"): "PKR", ("rupee", "sri lanka"): "LKR", ("rupee", "nepal"): "NPR", ("pound", "egypt"): "EGP", ("pound", "syria"): "SYP", ("pound", "leban"): "LBP",
    ("pound", "sudan"): "SDG", ("dinar", "iraq"): "IQD", ("dinar", "serbia"): "RSD", ("dinar", "jordan"): "JOD", ("dinar", "algeria"): "DZD", ("dinar", "tunisia"): "TND", ("dinar", "libya"): "LYD", ("dinar", "bahrain"): "BHD",
    ("riyal", "qatar"): "QAR", ("riyal", "yemen"): "YER", ("riyal", "iran"): "IRR", ("rial", "iran"): "IRR", ("shilling", "uganda"): "UGX", ("shilling", "tanzania"): "TZS", ("shilling", "somali"): "SOS", ("dirham", "morocc"): "MAD",
}  # fmt: skip
_WEIGHING = re.compile(r"\b(?:weigh\w*|heavy|heavier|lighter)\b", re.IGNORECASE)
_STEMS = {"kroner": "krone", "kronor": "krona"}


def read_sign(lexemes: Sequence[Lexeme], index: int) -> tuple[str, int] | None:
    """A currency written before its number ("$", "US$", "EUR"): (code, index of the number)."""
    word = at(lexemes, index)
    if word in _DOLLARS and at(lexemes, index + 1) == "$" and is_joined(lexemes, index + 1):
        return _DOLLARS[word], index + 2
    if word in _SIGNS:
        return _SIGNS[word], index + 1
    if index < len(lexemes) and lexemes[index].text in _CODES:
        return lexemes[index].text, index + 1
    return None


def read_name(lexemes: Sequence[Lexeme], index: int, *, text: str, value: float) -> tuple[float, str, int] | None:
    """A currency written after its number: (factor, code, index after it). Cents and pence are hundredths."""
    if index >= len(lexemes):
        return None
    if lexemes[index].text in _CODES or lexemes[index].text in ("€", "£"):
        return 1, _SIGNS.get(lexemes[index].text, lexemes[index].text), index + 1
    word = at(lexemes, index)
    stem = word if word in _NAMES or word in _MINOR else word.removesuffix("s")
    if stem in _MINOR or (word == "p" and is_joined(lexemes, index)):
        code = _MINOR.get(stem, "GBP")
        return 0.01, "EUR" if stem == "cent" and "€" in text and "$" not in text else code, index + 1
    national = _read_national(lexemes, index)
    if national:
        return 1, *national
    if stem not in _NAMES or _is_other_word(lexemes, index, stem=stem, text=text, value=value):
        return None
    return 1, _by_country(stem, text), index + 1


def _is_other_word(lexemes: Sequence[Lexeme], index: int, *, stem: str, text: str, value: float) -> bool:
    """ "30 pounds of rice" weigh, "12 won medals" is a verb, "real" and "rand" are words."""
    if stem == "pound":
        return at(lexemes, index + 1) == "of" or bool(_WEIGHING.search(text))
    if stem == "crown" and value < 10 and value == int(value):
        return True
    return stem in ("won", "real", "rand", "dong", "buck") and value < 1000 and lexemes[index].lower == stem


def _read_national(lexemes: Sequence[Lexeme], index: int) -> tuple[str, int] | None:
    """ "Australian dollars", "US dollars", "Hong Kong dollars": adjective, then name."""
    for width in (1, 2):
        name = at(lexemes, index + width)
        stem = _STEMS.get(name, name if name in _NAMES else name.removesuffix("s"))
        if stem not in _NAMES or not lexemes[index].text[0].isupper():
            continue
        adjective = " ".join(at(lexemes, index + n) for n in range(width))
        for (currency, country), code in _NATIONAL.items():
            if currency == stem and adjective.startswith(country):
                return code, index + width + 1
        return _NAMES[stem], index + width + 1
    return None


def _by_country(stem: str, text: str) -> str:
    lowered = text.lower()
    for (currency, country), code in _NATIONAL.items():
        if currency == _STEMS.get(stem, stem) and currency != "dollar" and re.search(rf"\b{country}", lowered):
            return code
    return _NAMES[stem]
