"""Checkpoints of ``transformers`` by hub id or directory: found, pinned to a revision and loaded with torch.

Configuration, tokenizer and weights are all that is fetched, and no code that comes with them is ever run.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import torch
from huggingface_hub import snapshot_download
from transformers import AutoConfig, AutoTokenizer
from transformers.utils import logging as transformers_logging

from app.domain.errors import ConfigurationError
from app.metrics import MODEL_SECONDS, MODEL_TOKENS
from app.ml.batching import WIDTH_STEP, Batch, make_batches
from app.ml.inference import encodable

log = structlog.get_logger()

_FILES = ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]
_PICKLES = ["*.bin"]  # read as tensors only
_POOLING = "1_Pooling/config.json"  # as sentence-transformers saves how states become a vector
_SUBFOLDERS = "[!1]*/*"  # other formats of the same weights
_UNUSED = ("pooler.",)
"""Parts that checkpoints often lack and no port uses."""
_EXTRA_POSITIONS = 2
"""Of the position table, these may be taken: RoBERTa's kin count from behind the padding index."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an operator chose for a ``role`` (encoder, entailment or summariser): hub id, "id@revision" or directory."""

    role: str
    reference: str
    device: str = "cpu"

    @property
    def setting(self) -> str:
        return f"CLAIMLINE_{self.role.upper()}_MODEL"

    def error(self, reason: object) -> ConfigurationError:
        """One line, whatever the library had to say."""
        line = next(iter(str(reason).strip().splitlines()), "") or type(reason).__name__
        return ConfigurationError(f"{self.setting}={self.reference}: {line.rstrip('.')}.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a checkpoint's files are. ``version`` is "name@revision": the hub's commit, or what the files hash to."""

    choice: Choice
    folder: Path
    version: str
    config: Any

    @property
    def pooling(self) -> dict[str, Any]:
        """What the checkpoint says on how its states become a vector, if anything. Raises ConfigurationError."""
        path = self.folder / _POOLING
        try:
            said: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        except ValueError as error:
            raise self.choice.error(f"{_POOLING} is not valid JSON: {error}") from error
        return said


def find(choice: Choice) -> Source:
    """The files of a directory or of a hub id, fetched unless they are in the hub's cache.

    Raises ConfigurationError when there is no such directory, the hub does not give it, or it is no checkpoint.
    """
    folder = Path(choice.reference)
    if folder.is_dir():
        version = f"{folder.resolve().name}@{_digest(folder)}"
    else:
        name, _, revision = choice.reference.partition("@")
        folder = _fetch(choice, name, revision or None)
        version = f"{name}@{folder.name}"
        if folder.name != revision:  # a branch or tag is what its owner makes of it until the next start
            log.warning("model_not_pinned", setting=choice.setting, pin=version)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise choice.error(f"no checkpoint that transformers can read: {error}") from error
    return Source(choice, folder, version, config)


class Checkpoint:
    """A tokenizer and a model of torch, fit for inference."""

    def __init__(self, source: Source, kind: Any, *, threads: int, longest: int) -> None:
        """``kind`` is the auto class of the task; texts are cut at ``longest`` tokens or what the model can read.
        Raises ConfigurationError when weights are missing, as a head is that was never trained, or do not load."""
        self.role, self.config = source.choice.role, source.config
        if threads:
            torch.set_num_threads(threads)  # torch's threads are the process's
        self.model = _load_model(source, kind)
        self.device = self.model.device
        self.tokenizer = _load_tokenizer(source)
        self.tokenizer.padding_side = "right"
        self.max_tokens = _max_tokens(source.config, self.tokenizer, longest=longest)
        if self.model.config.pad_token_id is None:
            self.model.config.pad_token_id = self.tokenizer.pad_token_id

    def batches(
        self, texts: Sequence[str], *, pairs: Sequence[str] | None = None, batch_tokens: int
    ) -> Iterator[tuple[Batch, Any]]:
        """Batches under a token budget, each with its inputs as tensors (B, T) on the model's device; of texts, or of
        texts with their partners."""
        if not texts:
            return
        tokens = self.tokenizer(
            [encodable(text) for text in texts],
            None if pairs is None else [encodable(text) for text in pairs],
            truncation="longest_first",
            max_length=self.max_tokens,
        )
        for batch in make_batches([len(ids) for ids in tokens["input_ids"]], budget=batch_tokens):
            rows = {name: [values[index] for index in batch.indices] for name, values in tokens.items()}
            inputs = self.tokenizer.pad(rows, padding="max_length", max_length=batch.width, return_tensors="pt")
            yield batch, inputs.to(self.device)

    def forward(self, inputs: Any) -> Any:
        """The model's output."""
        with MODEL_SECONDS.labels(self.role, "forward").time(), torch.inference_mode():
            output = self.model(**inputs)
        MODEL_TOKENS.labels(self.role).inc(int(inputs["attention_mask"].sum()))
        return output


def _fetch(choice: Choice, name: str, revision: str | None) -> Path:
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=_FILES, ignore_patterns=_SUBFOLDERS))
        if not any(folder.glob("*.safetensors")):
            snapshot_download(name, revision=folder.name, allow_patterns=_PICKLES, ignore_patterns=_SUBFOLDERS)
    except (OSError, ValueError) as error:
        raise choice.error(f"no such directory, and the hub does not give it: {error}") from error
    return folder


def _digest(folder: Path) -> str:
    """What a checkpoint's files hash to, names included: twelve hexadecimal digits."""
    total = hashlib.sha256()
    for path in sorted(path for path in (*folder.iterdir(), folder / _POOLING) if path.is_file()):
        with path.open("rb") as file:
            total.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\0".encode())
    return total.hexdigest()[:12]


def _load_tokenizer(source: Source) -> Any:
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # each family of tokenizers fails in a way of its own
        raise source.choice.error(f"its tokenizer cannot be loaded: {error}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.pad_token is None:
        raise source.choice.error("its tokenizer has no token to pad with")
    return tokenizer


def _load_model(source: Source, kind: Any) -> Any:
    transformers_logging.disable_progress_bar()
    try:
        model, report = kind.from_pretrained(
            source.folder,
            config=source.config,
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32 if source.choice.device == "cpu" else "auto",
            output_loading_info=True,
        )
    except Exception as error:  # unreadable weights and unfit classes fail in many ways
        raise source.choice.error(f"cannot be loaded as {kind.__name__}: {error}") from error
    missing = sorted(name for name in report["missing_keys"] if not name.removeprefix("model.").startswith(_UNUSED))
    if missing:
        raise source.choice.error(f"no weights for {missing[0]}: not a trained {kind.__name__}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a missing driver, which the error tells
            return model.eval().to(source.choice.device)
    except (RuntimeError, AssertionError) as error:
        raise source.choice.error(f"CLAIMLINE_MODEL_DEVICE {source.choice.device} is not to be had: {error}") from error


def _max_tokens(config: Any, tokenizer: Any, *, longest: int) -> int:
    """A multiple of the widths that batches are padded to, so that padding does not lead over the edge."""
    positions = getattr(config, "max_position_embeddings", None) or longest + _EXTRA_POSITIONS
    limit: int = min(longest, tokenizer.model_max_length, positions - _EXTRA_POSITIONS)
    return max(WIDTH_STEP, limit // WIDTH_STEP * WIDTH_STEP)
