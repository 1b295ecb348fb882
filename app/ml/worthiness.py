"""Check-worthiness: logistic regression on a claim's vector and facets.

Trained on sentences of debates (ClaimBuster, Arslan et al. 2020), then fitted to news copy; figures in
models/worthiness/card.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.ports import Encoder
from app.domain.values import Claim, ClaimKind, Factuality
from app.ml.linear import load_linear
from app.ml.manifest import Manifest

_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|we|us|our|ours)\b")
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_LONG_CLAIM_WORDS = 40


class FacetWorthiness:
    """``ports.WorthinessModel`` on an encoder and the facets the language layer found."""

    def __init__(self, manifest: Manifest, *, encoder: Encoder) -> None:
        """Raises ConfigurationError when the folder's weights were not made for this encoder and these facets."""
        self.version = manifest.version
        self._encoder = encoder
        width = encoder.dimensions + len(FACETS)
        self._linear = load_linear(manifest, features=width, labels=1, encoder_version=encoder.version)

    def score(self, claims: Sequence[Claim]) -> list[float]:
        """A probability for each claim. A question is none, whatever it is about."""
        scores = self._linear.scores(worthiness_features(claims, encoder=self._encoder))[:, 0]
        return [
            0.0 if claim.exact.rstrip().endswith("?") else float(1 / (1 + np.exp(-score)))
            for claim, score in zip(claims, scores, strict=True)
        ]


def worthiness_features(claims: Sequence[Claim], *, encoder: Encoder) -> NDArray[np.float64]:
    """One row for each claim, (claims, dimensions + facets): its vector scaled to unit variance, then ``FACETS``."""
    vectors = np.array(encoder.encode([claim.exact for claim in claims]), dtype=float)
    scaled = vectors.reshape(len(claims), encoder.dimensions) * np.sqrt(encoder.dimensions)
    facets = np.array([_facets(claim) for claim in claims], dtype=float).reshape(len(claims), len(FACETS))
    return np.hstack([scaled, facets])


def _facets(claim: Claim) -> list[float]:
    text, units = claim.exact, [quantity.unit or "" for quantity in claim.quantities]
    values = [
        bool(claim.quantities),
        min(len(claim.quantities), 3) / 3,
        any(unit in ("%", "pp") or _CURRENCY_CODE.fullmatch(unit) for unit in units),
        bool(claim.times),
        bool(claim.entities),
        min(len(claim.entities), 4) / 4,
        claim.holder is not None,
        claim.frame.is_negated,
        bool(_FIRST_PERSON.search(text)),
        bool(_SECOND_PERSON.search(text)),
        "!" in text,
        min(len(_WORD.findall(text)), _LONG_CLAIM_WORDS) / _LONG_CLAIM_WORDS,
    ]
    kinds = [claim.kind == kind for kind in ClaimKind]
    return [float(value) for value in (*values, *kinds, *(claim.factuality == each for each in Factuality))]


FACETS = (
    "has_quantity",
    "quantities",
    "has_money_or_share",
    "has_time",
    "has_entity",
    "entities",
    "has_holder",
    "is_negated",
    "has_first_person",
    "has_second_person",
    "has_exclamation",
    "length",
    *(f"kind_{kind}" for kind in ClaimKind),
    *(f"factuality_{factuality}" for factuality in Factuality),
)
"""Names of the facet features, in the order of their weights."""
