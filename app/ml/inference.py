"""Tokenizers and ONNX Runtime sessions: token ids in, arrays out.

Shapes: B texts of a batch, T tokens padded, L labels, D dimensions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.metrics import MODEL_SECONDS, MODEL_TOKENS
from app.ml.batching import Batch, make_batches
from app.ml.manifest import Manifest
from app.ml.memory import Memory

# All are read when the library loads. From 1.29 on ONNX Runtime's wheels report each session to their maker, models'
# names included, unless told not to; transformers advises to install PyTorch, which is left out on purpose, and
# has bars and warnings for a terminal where we have one line for the operator.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
import onnxruntime as ort
from transformers import PreTrainedTokenizerFast

_REMEMBERED = 2048
"""Pairs kept, twice as many at most (4 MB): two claims without context are the same text to both questions that are
asked of them, and articles that print one agency's copy bring the same sentences."""
_WARM_UP = ("A text to make the first real one as quick as the next.", "And another.")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids and segment ids of one text or pair, special tokens included; equally long, without padding."""

    ids: list[int]
    segments: list[int]


class TokenModel:
    """An ONNX graph over token ids, with the tokenizer that makes them."""

    def __init__(self, manifest: Manifest, *, threads: int, batch_tokens: int) -> None:
        """Load tokenizer and graph of a verified folder. ``threads`` 0 takes one for each core; ``batch_tokens`` is
        the budget of a batch, padding included. Raises ConfigurationError when they cannot be loaded."""
        if manifest.max_length is None:
            raise ConfigurationError(f"Model folder {manifest.folder}: the manifest gives no max_length.")
        self._name = manifest.folder.name
        self._max_length = manifest.max_length
        self._batch_tokens = batch_tokens
        self._tokenizer = _load_tokenizer(manifest)
        self._session = _open_session(manifest.file("model.onnx"), threads=threads)
        self._inputs = {each.name for each in self._session.get_inputs()}

    def token_id(self, token: str) -> int:
        """The id of one piece of the vocabulary. Raises ConfigurationError when it is none."""
        found = self._tokenizer.convert_tokens_to_ids(token)
        if not isinstance(found, int) or found == self._tokenizer.unk_token_id:
            raise ConfigurationError(f"Model {self._name}: {token!r} is not in its vocabulary.")
        return found

    def tokenize(self, texts: Sequence[str], *, pairs: Sequence[str] | None = None) -> list[Tokens]:
        """Tokens of each text, or of each text with its partner in ``pairs``; the longer side is cut first."""
        if not texts:
            return []
        with MODEL_SECONDS.labels(self._name, "tokenise").time():
            found = self._tokenizer(
                [encodable(text) for text in texts],
                None if pairs is None else [encodable(text) for text in pairs],
                truncation="longest_first",
                max_length=self._max_length,
                return_attention_mask=False,
                return_token_type_ids=True,
            )
        return [Tokens(i, s) for i, s in zip(found["input_ids"], found["token_type_ids"], strict=True)]

    def forward(self, tokens: Sequence[Tokens]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        """Run all texts, batch by batch: the graph's output with B as its first axis, in the batch's order."""
        for batch in make_batches([len(each.ids) for each in tokens], budget=self._batch_tokens):
            yield batch, self._run([tokens[index] for index in batch.indices], width=batch.width)

    def warm_up(self) -> None:
        """Run once, so that lazy allocation is over before the first real text."""
        for _ in self.forward(self.tokenize(_WARM_UP)):
            pass

    def _run(self, rows: Sequence[Tokens], *, width: int) -> NDArray[np.float32]:
        shape = (len(rows), width)
        ids, segments, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        ids[:] = self._tokenizer.pad_token_id
        for at, row in enumerate(rows):
            length = len(row.ids)
            ids[at, :length], segments[at, :length], mask[at, :length] = row.ids, row.segments, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
        feed = {name: array for name, array in given.items() if name in self._inputs}  # not every graph has segments
        with MODEL_SECONDS.labels(self._name, "forward").time():
            output: NDArray[np.float32] = self._session.run(None, feed)[0]
        MODEL_TOKENS.labels(self._name).inc(int(mask.sum()))
        return output


class PairClassifier:
    """A cross-encoder: pairs of texts to a raw score for each label."""

    def __init__(self, manifest: Manifest, *, threads: int, batch_tokens: int) -> None:
        if not manifest.labels:
            raise ConfigurationError(f"Model folder {manifest.folder}: a classifier's manifest needs labels.")
        self.version = manifest.version
        self.labels = manifest.labels
        self._model = TokenModel(manifest, threads=threads, batch_tokens=batch_tokens)
        self._memory: Memory[tuple[str, str], NDArray[np.float64]] = Memory(
            lambda pairs: list(self.logits(pairs)), most=_REMEMBERED
        )

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Raw scores, (pairs, L)."""
        tokens = self._model.tokenize([first for first, _ in pairs], pairs=[second for _, second in pairs])
        scores = np.zeros((len(pairs), len(self.labels)))
        for batch, output in self._model.forward(tokens):
            scores[list(batch.indices)] = output
        return scores

    def remembered_logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The same scores; pairs that were asked for lately are not read again."""
        return np.array(self._memory.ask(pairs)).reshape(len(pairs), len(self.labels))

    def warm_up(self) -> None:
        self._model.warm_up()


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax over the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return total


def _load_tokenizer(manifest: Manifest) -> PreTrainedTokenizerFast:
    manifest.file("tokenizer.json")
    manifest.file("tokenizer_config.json")
    try:
        tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(
            manifest.folder, local_files_only=True
        )
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"Model folder {manifest.folder}: the tokenizer cannot be loaded: {error}") from error
    return tokenizer


def _open_session(path: Path, *, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest batch's memory for good; without it a worker gives it back.
    options.enable_cpu_mem_arena = False
    # Waiting threads sleep: other processes (PostgreSQL, the API) live on the same cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # An encoder's weights are int8 on disk only: unfold them once at load, then compute in fp32.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    try:
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own classes share no base but Exception
        raise ConfigurationError(f"Model file {path} cannot be loaded: {error}") from error


def encodable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, replaced one for one."""
    return text.encode("utf-8", "replace").decode("utf-8")
