"""Whether the "m" right behind digits is metres or million.

Copy writes both the same way ("a wall of 3m", "a town of 3m"), so metres need a word of length beside them: a dimension
or a race after them, what is measured in length before them in the clause, or a noun that they describe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.lexemes import Lexeme, at, is_joined, words

_REACH = 6  # lexemes before the number
_STOPS = words(", ; : . ( )")
_DIMENSIONS = words(
    "long high wide broad deep tall thick away apart across ahead down underground underwater offshore inland upstream "
    "downstream"
)
_SPORTS = words(
    "race races sprint dash hurdles relay freestyle backstroke breaststroke butterfly medley steeplechase runner "
    "runners swimmer swimmers pool"
)
_DISTANCES = frozenset({50, 60, 100, 200, 400, 800})  # of races, which go by them: "won the 200m"
_STRETCHES = words("waves drifts swells")
_SPATIAL = words("of above below under beneath")
_MATTER = words("sea ground water snow ice rock rope cable pipe fence fencing")  # "of water", "above ground"
_MEASURED = _STRETCHES | words(
    "height heights altitude depth depths length width breadth thickness radius diameter distance elevation visibility "
    "wave tide tides swell river lake water waters snow tower mast cliff crater trench tunnel swam dived"
)
_VALUES = words("to at by from than")  # before a figure that moves: "rose to 3m from the low of May"
_FUNCTION = words("a an the and or but in of to on at by for from with who which that as is are was were have has had")
_PLURAL = re.compile(r"[a-z]{2,}[^\Ws]s|people|children|men|women|staff|police|tonnes")
_LEAST_IN_METRES = 1000  # a thousand million is a billion


def is_metres(lexemes: Sequence[Lexeme], index: int, *, value: float) -> bool:
    """Whether the "m" at ``index``, joined to a number of ``value`` before it, is metres."""
    if _is_in_symbol(lexemes, index):
        return True
    after = index + 2 if at(lexemes, index + 1) == "-" else index + 1
    word, following = at(lexemes, after), at(lexemes, after + 1)
    if word in _SPORTS | _STRETCHES or (word in _DIMENSIONS and following != "-"):  # "2m long-term unemployed"
        return True
    if _PLURAL.fullmatch(word):
        return False
    is_described = at(lexemes, index - 2) in ("a", "an") and word.isalpha() and word not in _FUNCTION
    is_race = at(lexemes, index - 2) == "the" and value in _DISTANCES and word not in ("who", "that")
    is_spatial = (word in _SPATIAL and following in _MATTER) or (word in ("a", "per") and following == "second")
    return (
        value >= _LEAST_IN_METRES
        or is_described
        or is_race
        or is_spatial
        or _is_distance_from(lexemes, index)
        or _is_of_length(lexemes, index)
    )


def _is_in_symbol(lexemes: Sequence[Lexeme], index: int) -> bool:
    """ "20m/s", "40m2"."""
    following = at(lexemes, index + 1)
    return is_joined(lexemes, index + 1) and (following[0].isdigit() or following == "/")


def _is_distance_from(lexemes: Sequence[Lexeme], index: int) -> bool:
    """ "200m from the house", "within 50m of a school"."""
    before, word, following = at(lexemes, index - 2), at(lexemes, index + 1), at(lexemes, index + 2)
    is_from = word == "from" and following.isalpha() and before not in _VALUES
    return is_from or (word == "of" and before == "within")


def _is_of_length(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether the clause names, shortly before the number, what is measured in length: "the river rose 4m"."""
    for place in range(index - 2, index - 2 - _REACH, -1):
        if at(lexemes, place) in _STOPS:
            return False
        if at(lexemes, place) in _MEASURED:
            return True
    return False
