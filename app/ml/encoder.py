"""Texts to vectors: the sentence encoder and, from another folder, the question encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.domain.ports import Vector
from app.ml.inference import TokenModel, Tokens
from app.ml.manifest import Manifest
from app.ml.memory import Memory
from app.ml.passages import CLOSE, OPEN

_TEXTS = 512
"""Vectors kept, twice as many at most (12 MB): an article's sentences come back as its claims, for worthiness and for
storage."""
_MARKED = 4096
"""Marked texts kept, likewise (25 MB): each new article of a story meets the claims of the articles before it."""

Marked = tuple[NDArray[np.float32], NDArray[np.float32]]


class VectorMemory:
    """What makes vectors, asked only for texts it was not asked for lately."""

    def __init__(self, make: Callable[[Sequence[str]], list[Vector]]) -> None:
        self._memory = Memory(make, most=_TEXTS)

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """A vector for each text, in order, which is the caller's own."""
        return [list(vector) for vector in self._memory.ask(texts)]


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
        self._memory = VectorMemory(self._encode)
        self._marked = Memory(self._encode_marked, most=_MARKED)
        self._model = TokenModel(manifest, threads=threads, batch_tokens=batch_tokens)

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens each text is read as."""
        return self._model.tokenize(texts)

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """A unit vector for each text; text beyond the model's length is not read. An empty text has one too."""
        return self._memory.encode(texts)

    def encode_marked(self, texts: Sequence[str]) -> list[Marked]:
        """For each text its vector and the vector of what stands between OPEN and CLOSE; the text's own where nothing
        does."""
        return self._marked.ask(texts)

    def _encode_marked(self, texts: Sequence[str]) -> list[Marked]:
        opening, closing = (self._model.token_id(mark) for mark in (OPEN, CLOSE))
        tokens = self._model.tokenize(texts)
        found: dict[int, Marked] = {}
        for batch, hidden in self._model.forward(tokens):
            for at, index in enumerate(batch.indices):
                ids = tokens[index].ids
                start, end = _between(ids, opening, closing) or (0, len(ids))
                found[index] = _mean(hidden[at, : len(ids)]), _mean(hidden[at, start:end])
        return [found[index] for index in range(len(texts))]

    def _encode(self, texts: Sequence[str]) -> list[Vector]:
        tokens = self._model.tokenize(texts)
        vectors: list[Vector] = [[] for _ in texts]
        for batch, hidden in self._model.forward(tokens):
            for at, index in enumerate(batch.indices):
                vectors[index] = _mean(hidden[at, : len(tokens[index].ids)]).tolist()
        return vectors


def _mean(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """The unit vector along the mean of token states, (tokens, dimensions)."""
    mean = states.mean(axis=0, dtype=np.float64)
    vector: NDArray[np.float32] = (mean / np.linalg.norm(mean)).astype(np.float32)
    return vector


def _between(ids: Sequence[int], opening: int, closing: int) -> tuple[int, int] | None:
    """Where the tokens between two marks stand; None when a mark is missing or there is nothing between."""
    if opening not in ids or closing not in ids:
        return None
    start, end = ids.index(opening) + 1, ids.index(closing)
    return (start, end) if start < end else None
