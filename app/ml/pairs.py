"""Features of a pair of sentences for linear models: the cosine of their vectors and what their words show."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.ports import Encoder

_WORD = re.compile(r"[^\W\d_]+(?:['’]t)?|\d[\d,.]*")
_NEGATING = (
    "no not never none nobody nothing neither nor without cannot deny denied denies refuse refused refuses fail failed"
    " fails unable false untrue"
)
_HEDGING = "may might could would should likely possibly perhaps probably expected plans planned will"
_EMPTY = (
    "a an the and or but of to in on at by for with from as is are was were be been being has have had do does did it"
    " its this that these those he she they his her their them him who which s said says"
)
_OPPOSITES = (
    "open/closed open/shut opened/closed alive/dead rose/fell rises/falls up/down more/less more/fewer higher/lower"
    " increase/decrease increased/decreased gain/loss won/lost win/lose guilty/innocent guilty/acquitted before/after"
    " accept/reject accepted/rejected approve/reject approved/rejected arrived/left begin/end began/ended started/ended"
    " inside/outside first/last early/late all/none always/never everyone/nobody success/failure succeeded/failed"
    " safe/dangerous legal/illegal north/south east/west northern/southern eastern/western old/new young/old men/women"
    " man/woman day/night morning/evening hot/cold wet/dry full/empty possible/impossible true/false confirmed/denied"
    " resumed/suspended resumed/halted released/detained free/jailed with/without many/few strong/weak high/low"
    " good/bad better/worse cause/prevent attack/defend buy/sell bought/sold public/private happy/sad easy/difficult"
    " rich/poor"
)
_NEGATION, _HEDGES, _STOP = (frozenset(words.split()) for words in (_NEGATING, _HEDGING, _EMPTY))
_PAIRS = frozenset(frozenset(pair.split("/")) for pair in _OPPOSITES.split())
FEATURES = (
    "cosine",
    "second_in_first",
    "first_in_second",
    "negated_first_only",
    "negated_second_only",
    "negated_both",
    "opposites",
    "new_number_in_second",
    "numbers_agree",
    "hedged_first_only",
    "hedged_second_only",
    "length_ratio",
)


def pair_features(pairs: Sequence[tuple[str, str]], *, encoder: Encoder) -> NDArray[np.float64]:
    """One row of FEATURES for each (first, second): shape (pairs, features)."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    vectors = dict(zip(texts, (np.array(vector) for vector in encoder.encode(texts)), strict=True))
    rows = [_row(one, other, cosine=float(vectors[one] @ vectors[other])) for one, other in pairs]
    return np.array(rows).reshape(len(pairs), len(FEATURES))


def _row(one: str, other: str, *, cosine: float) -> list[float]:
    first, second = _tokens(one), _tokens(other)
    mine, yours = set(first) - _STOP, set(second) - _STOP
    numbers, others = ({word for word in side if word[0].isdigit()} for side in (mine, yours))
    negated, denied = _has(first, _NEGATION), _has(second, _NEGATION)
    hedged, qualified = _has(first, _HEDGES), _has(second, _HEDGES)
    only, new = mine - yours, yours - mine
    return [
        cosine,
        _share(yours & mine, yours),
        _share(yours & mine, mine),
        float(negated and not denied),
        float(denied and not negated),
        float(negated and denied),
        float(any(frozenset((a, b)) in _PAIRS for a in only for b in new)),
        float(bool(others - numbers)),
        float(bool(numbers) and numbers == others),
        float(hedged and not qualified),
        float(qualified and not hedged),
        min(len(second) / max(len(first), 1), 2.0),
    ]


def _tokens(text: str) -> list[str]:
    return [word.strip(".,") for word in _WORD.findall(text.lower())]


def _has(words: Sequence[str], listed: frozenset[str]) -> bool:
    return any(word in listed or word.endswith(("n't", "n’t")) for word in words)


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 1.0
