"""Currencies: signs, codes and names to ISO 4217. A bare "dollar" is USD, and so on for each name's most written one;
an adjective ("Australian dollars") or, for names that several countries share, a country in the sentence decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.lexemes import Lexeme, at, cased, is_joined, words


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split() for pair in text.split(","))


_SIGNS = _pairs("$ USD,€ EUR,£ GBP,¥ JPY,₹ INR,₽ RUB,₩ KRW,₺ TRY,₴ UAH,₦ NGN,₪ ILS,฿ THB,₱ PHP,₫ VND")
_DOLLARS = _pairs("us USD,a AUD,au AUD,c CAD,ca CAD,nz NZD,hk HKD,s SGD,r BRL,nt TWD,mx MXN")
_CODES = words(
    "USD EUR GBP JPY CNY INR RUB KRW TRY UAH NGN ILS THB PLN SEK NOK DKK CHF CAD AUD NZD HKD SGD BRL MXN ZAR HUF CZK "
    "AED SAR MYR IDR VND GHS KES BDT RON BGN PHP PKR EGP QAR KWD"
)
_NAMES = _pairs(
    "dollar USD,buck USD,euro EUR,yen JPY,yuan CNY,renminbi CNY,rupee INR,rouble RUB,ruble RUB,zloty PLN,zlotys PLN,"
    "lira TRY,krone NOK,kroner NOK,krona SEK,kronor SEK,franc CHF,baht THB,peso MXN,real BRL,reais BRL,hryvnia UAH,"
    "hryvnias UAH,forint HUF,koruna CZK,crown CZK,shekel ILS,dirham AED,riyal SAR,rial IRR,ringgit MYR,rupiah IDR,"
    "dong VND,naira NGN,cedi GHS,shilling KES,taka BDT,lei RON,leu RON,lev BGN,leva BGN,dinar KWD,pound GBP,"
    "sterling GBP,rand ZAR,won KRW"
)
_MINOR = _pairs("cent USD,pence GBP,penny GBP,pennies GBP,eurocent EUR")
# name: country or its adjective, and the code; for the word before the name, then for the whole sentence
_NATIONAL = {
    "dollar": _pairs("austral AUD,canad CAD,zealand NZD,kong HKD,singapore SGD,taiwan TWD"),
    "crown": _pairs("swed SEK,norw NOK,dan DKK,denmark DKK,icel ISK"),
    "krone": _pairs("dan DKK,denmark DKK"),
    "krona": _pairs("icel ISK"),
    "franc": _pairs("cfa XOF"),
    "peso": _pairs("argentin ARS,chile CLP,colombia COP,philippin PHP,cuba CUP"),
    "rupee": _pairs("pakistan PKR,lanka LKR,nepal NPR"),
    "pound": _pairs("egypt EGP,syria SYP,leban LBP,sudan SDG"),
    "dinar": _pairs("iraq IQD,serbia RSD,jordan JOD,algeria DZD,tunisia TND,libya LYD,bahrain BHD"),
    "riyal": _pairs("qatar QAR,yemen YER,iran IRR"),
    "shilling": _pairs("uganda UGX,tanzania TZS,somali SOS"),
    "dirham": _pairs("morocc MAD"),
}
_WEIGHING = re.compile(r"\b(?:weigh\w*|heavy|heavier|lighter)\b", re.IGNORECASE)
_STEMS = {"kroner": "krone", "kronor": "krona"}
_ALSO_WORDS = frozenset({"won", "real", "rand", "dong", "buck"})


def read_sign(lexemes: Sequence[Lexeme], index: int) -> tuple[str, int] | None:
    """A currency written before its number ("$", "US$", "EUR"): (code, index of the number)."""
    word = at(lexemes, index)
    if word in _DOLLARS and at(lexemes, index + 1) == "$" and is_joined(lexemes, index + 1):
        return _DOLLARS[word], index + 2
    if word in _SIGNS:
        return _SIGNS[word], index + 1
    if cased(lexemes, index) == "Rs":
        return "INR", index + (2 if at(lexemes, index + 1) == "." else 1)
    return (cased(lexemes, index), index + 1) if cased(lexemes, index) in _CODES else None


def read_name(lexemes: Sequence[Lexeme], index: int, *, text: str, value: float) -> tuple[float, str, int] | None:
    """A currency written after its number: (factor, code, index after it). Cents and pence are hundredths. ``text`` is
    the context that tells one country's pounds from another's."""
    word, written = at(lexemes, index), cased(lexemes, index)
    if written in _CODES or written in ("€", "£"):
        return 1, _SIGNS.get(written, written), index + 1
    stem = word if word in _NAMES or word in _MINOR else word.removesuffix("s")
    if stem in _MINOR or (word == "p" and is_joined(lexemes, index)):
        is_euro = stem == "cent" and "€" in text and "$" not in text
        return 0.01, "EUR" if is_euro else _MINOR.get(stem, "GBP"), index + 1
    national = _read_national(lexemes, index)
    if national:
        return 1, *national
    if stem not in _NAMES or _is_other_word(lexemes, index, stem=stem, text=text, value=value):
        return None
    return 1, _by_country(stem, text), index + 1


def _is_other_word(lexemes: Sequence[Lexeme], index: int, *, stem: str, text: str, value: float) -> bool:
    """ "30 pounds of rice" weigh, "12 won medals" is a verb, "real" and "rand" are words, "two crowns" are worn."""
    if stem == "pound":
        return at(lexemes, index + 1) == "of" or bool(_WEIGHING.search(text))
    if stem == "crown":
        return value < 10 and value == int(value)
    return stem in _ALSO_WORDS and value < 1000 and at(lexemes, index) == stem


def _read_national(lexemes: Sequence[Lexeme], index: int) -> tuple[str, int] | None:
    """ "Australian dollars", "US dollars", "Hong Kong dollars": adjective, then name."""
    if not cased(lexemes, index)[:1].isupper():
        return None
    for place in (index + 1, index + 2):
        name = at(lexemes, place)
        stem = _STEMS.get(name, name if name in _NAMES else name.removesuffix("s"))
        if stem in _NAMES:
            adjective = at(lexemes, place - 1)
            codes = (code for country, code in _NATIONAL.get(stem, {}).items() if adjective.startswith(country))
            return next(codes, _NAMES[stem]), place + 1
    return None


def _by_country(stem: str, text: str) -> str:
    """The code for a name that several countries use, by the country the context names; a dollar stays American."""
    countries = {} if stem == "dollar" else _NATIONAL.get(_STEMS.get(stem, stem), {})
    lowered = text.lower()
    return next((code for country, code in countries.items() if re.search(rf"\b{country}", lowered)), _NAMES[stem])
