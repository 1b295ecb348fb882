"""Names of peoples as counted nouns: "11,000 North Koreans" are North Korean people."""

from __future__ import annotations

import re

from app.language.lexemes import words

# those without a telling ending, and those whose plural is their adjective
_IRREGULAR = words(
    "Arabs Basques Britons Croats Czechs Danes Filipinos Finns Greeks Kazakhs Kurds Latinos Montenegrins Poles Roma "
    "Scots Serbs Slovaks Slovenes Spaniards Swedes Tajiks Tatars Thais Turkmens Turks Uyghurs Uzbeks Zulus "
    "British Dutch English French Irish Kyrgyz Polish Spanish Swiss Welsh"
)
_PLURAL = re.compile(r"[A-Z][a-z]{2,}(?:ans|landers|[dlnqrtw]is|[^aeiouy]ese)")
# parties, faiths and things with such an ending
_NO_PEOPLE = words(
    "Republicans Christians Libertarians Lutherans Anglicans Presbyterians Vegans Veterans Sedans Titans Trojans Fans "
    "Ferraris Maseratis Bugattis Oasis Paris Tunis"
)


def is_people(word: str) -> bool:
    """Whether a word, spelt as in the text, names several members of a people: "Koreans", "Pakistanis", "French"."""
    return word in _IRREGULAR or (_PLURAL.fullmatch(word) is not None and word not in _NO_PEOPLE)


def singular(plural: str) -> str:
    """The adjective of a people's plural, lower case: "Koreans" is "korean"; those that do not change stay."""
    is_same = plural.endswith(("ese", "ish", "ch", "ss", "yz", "Roma"))
    return plural.lower() if is_same else plural.lower().removesuffix("s")
