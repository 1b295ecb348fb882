"""Linear models whose weights are a small JSON file: what stands on the encoder until it needs a head of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.ml.manifest import Manifest

WEIGHTS = "weights.json"


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of L labels from F features: ``coefficients`` (L, F) and ``intercepts`` (L,)."""

    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Features (N, F) to raw scores (N, L), a row at a time: matrix products round by their shape, and a
        row's score must not depend on its neighbours."""
        rows = [self.coefficients @ row + self.intercepts for row in features]
        return np.array(rows).reshape(len(features), len(self.intercepts))


def load_linear(manifest: Manifest, *, features: int, labels: int, encoder_version: str) -> Linear:
    """Read the weights of a verified folder. Raises ConfigurationError when they do not fit the features, or were
    made on another encoder's vectors than ``encoder_version``."""
    if manifest.encoder != encoder_version:
        raise ConfigurationError(
            f"Model folder {manifest.folder}: its weights were made on {manifest.encoder}, not on {encoder_version}."
        )
    path = manifest.file(WEIGHTS)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        linear = Linear(np.array(values["coefficients"], dtype=float), np.array(values["intercepts"], dtype=float))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"Model folder {manifest.folder}: {WEIGHTS} is malformed: {error!r}.") from error
    if linear.coefficients.shape != (labels, features) or linear.intercepts.shape != (labels,):
        raise ConfigurationError(
            f"Model folder {manifest.folder}: {WEIGHTS} is for {linear.coefficients.shape} weights, not"
            f" ({labels}, {features})."
        )
    return linear
