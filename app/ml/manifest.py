"""Model folders: what a ``manifest.toml`` says, and proof that the files beside it are the ones it speaks of."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

MANIFEST = "manifest.toml"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model folder: ``path`` relative to the folder, size in bytes, sha256 in hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model as shipped.

    ``kind`` says which class loads it: ``encoder``, ``classifier`` or ``facet-worthiness``.
    ``max_length`` is in tokens, special tokens included. ``labels`` are in the order of the logits.
    ``encoder`` is the version of the encoder whose vectors a facet model's weights were made on, or whose cosines a
    pair model's manifest turns into logits: the (weight, shift) of ``marked`` that of "same question" for two marked
    slots, those of ``answers`` that of "the answers differ". ``entailment``: where a pair model is asked for that, what
    its logits are multiplied with, and what is then added to each.
    """

    folder: Path
    name: str
    revision: str
    kind: str
    licence: str
    source: str
    files: tuple[ModelFile, ...]
    max_length: int | None = None
    dimensions: int | None = None
    pooling: str | None = None
    encoder: str | None = None
    labels: tuple[str, ...] = ()
    marked: tuple[float, float] = (0.0, 0.0)
    answers: tuple[float, float] = (0.0, 0.0)
    entailment: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)

    @property
    def version(self) -> str:
        """``name@revision``, stored with everything the model makes."""
        return f"{self.name}@{self.revision}"

    def file(self, path: str) -> Path:
        """Where a file that the manifest lists is; unlisted files are never read."""
        if path not in {file.path for file in self.files}:
            raise ConfigurationError(f"Model folder {self.folder}: {MANIFEST} lists no {path}.")
        return self.folder / path


def load_manifest(folder: Path) -> Manifest:
    """Read a model folder's manifest and verify every file it lists.

    Raises ConfigurationError, naming the folder and the file, when anything is missing, malformed or altered.
    """
    manifest = read_manifest(folder)
    for file in manifest.files:
        _verify(folder, file)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read a model folder's manifest without looking at the files it lists."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as handle:
            values = tomllib.load(handle)
    except OSError as error:
        raise ConfigurationError(
            f"Model folder {folder}: cannot read {MANIFEST} ({error.strerror}); set CLAIMLINE_MODELS_DIR to the"
            " directory that holds the model folders."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"Model folder {folder}: {MANIFEST} is not valid TOML: {error}.") from error
    try:
        return _manifest(folder, values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"Model folder {folder}: {MANIFEST} is incomplete or malformed: {error!r}.") from error


def _manifest(folder: Path, values: Mapping[str, Any]) -> Manifest:
    files = tuple(
        ModelFile(path=_inside(row["path"]), bytes=int(row["bytes"]), sha256=str(row["sha256"]))
        for row in values["files"]
    )
    return Manifest(
        folder=folder,
        name=_word(values["name"]),
        revision=_word(values["revision"]),
        kind=_word(values["kind"]),
        licence=_word(values["licence"]),
        source=_word(values["source"]),
        files=files,
        max_length=_positive(values.get("max_length")),
        dimensions=_positive(values.get("dimensions")),
        pooling=values.get("pooling"),
        encoder=values.get("encoder"),
        labels=tuple(_word(label) for label in values.get("labels", ())),
        marked=_curve(values.get("marked", (0.0, 0.0))),
        answers=_curve(values.get("answers", (0.0, 0.0))),
        entailment=tuple(float(each) for each in values.get("entailment", (1.0, 0.0, 0.0, 0.0))),
    )


def _curve(value: Sequence[float]) -> tuple[float, float]:
    weight, shift = (float(each) for each in value)
    return weight, shift


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text is expected, not {value!r}")
    return value


def _positive(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"a positive integer is expected, not {value!r}")
    return value


def _inside(path: str) -> str:
    parts = Path(_word(path)).parts
    if Path(path).is_absolute() or ".." in parts:
        raise ValueError(f"the path {path!r} leads out of the folder")
    return path


def _verify(folder: Path, file: ModelFile) -> None:
    try:
        data = (folder / file.path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"Model folder {folder}: cannot read {file.path} ({error.strerror}).") from error
    if data.startswith(_LFS_POINTER):
        raise ConfigurationError(
            f"Model folder {folder}: {file.path} is a git-lfs pointer, not the file; run `git lfs pull`."
        )
    if len(data) != file.bytes:
        raise ConfigurationError(
            f"Model folder {folder}: {file.path} has {len(data)} bytes, {MANIFEST} says {file.bytes};"
            " the file is truncated or altered, fetch it again."
        )
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise ConfigurationError(
            f"Model folder {folder}: {file.path} does not match its sha256 in {MANIFEST};"
            " the file was altered, fetch it again."
        )
