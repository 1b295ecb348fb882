"""Texts to vectors: the sentence encoder and, from another folder, the question encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.domain.errors import ConfigurationError
from app.domain.ports import Vector
from app.ml.manifest import Manifest
from app.ml.runtime import TokenModel, Tokens


class OnnxEncoder:
    """``ports.Encoder`` over a graph of hidden states: mean over a text's own tokens, then L2-normalised.

    The same text gives the same vector, bit for bit, whatever else is encoded with it.
    """

    def __init__(self, manifest: Manifest, *, threads: int, batch_tokens: int) -> None:
        if manifest.dimensions is None or manifest.pooling != "mean":
            raise ConfigurationError(
                f"Model folder {manifest.folder}: an encoder's manifest needs dimensions and pooling = 'mean'."
            )
        self.version = manifest.version
        self.dimensions = manifest.dimensions
        self._model = TokenModel(manifest, threads=threads, batch_tokens=batch_tokens)

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens each text is read as."""
        return self._model.tokenize(texts)

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """A unit vector for each text; text beyond the model's length is not read. An empty text has one too."""
        tokens = self._model.tokenize(texts)
        vectors: list[Vector] = [[] for _ in texts]
        for batch, hidden in self._model.forward(tokens):
            for at, index in enumerate(batch.indices):
                mean = hidden[at, : len(tokens[index].ids)].mean(axis=0, dtype=np.float64)
                vectors[index] = (mean / np.linalg.norm(mean)).astype(np.float32).tolist()
        return vectors

    def warm_up(self) -> None:
        self._model.warm_up()
