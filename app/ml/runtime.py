"""Every model the service runs on, from the model folders: verified, loaded and warmed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import ConfigurationError
from app.domain.ports import Encoder, EntailmentModel, QuestionModel, WorthinessModel
from app.ml.encoder import OnnxEncoder
from app.ml.entailment import OnnxEntailment
from app.ml.manifest import Manifest, load_manifest
from app.ml.pair import load_pair_model
from app.ml.question import OnnxQuestionModel
from app.ml.worthiness import FacetWorthiness

_WARM_UP = "A text to make the first real one as quick as the next."


@dataclass(frozen=True, slots=True)
class Models:
    """What the pipeline asks, ready to answer."""

    encoder: Encoder
    question_encoder: Encoder
    question: QuestionModel
    entailment: EntailmentModel
    worthiness: WorthinessModel


def load_models(models_dir: Path, *, threads: int, batch_tokens: int) -> Models:
    """Load and warm every model. ``threads`` 0 takes one for each core; ``batch_tokens`` is the budget of a batch,
    padding included.

    Raises ConfigurationError, naming the folder and the file, when a model is missing, altered or of the wrong kind.
    """
    encoder = load_encoder(models_dir, threads=threads, batch_tokens=batch_tokens)
    question_encoder = load_encoder(models_dir, folder="question-encoder", threads=threads, batch_tokens=batch_tokens)
    question, entailment = _load_pair_model(
        models_dir, encoder=question_encoder, threads=threads, batch_tokens=batch_tokens
    )
    return Models(
        encoder=encoder,
        question_encoder=question_encoder,
        question=question,
        entailment=entailment,
        worthiness=_load_worthiness(models_dir, encoder=encoder),
    )


def load_encoder(models_dir: Path, *, folder: str = "encoder", threads: int, batch_tokens: int) -> OnnxEncoder:
    """Load and warm one encoder alone, for a process that only searches."""
    manifest = load_manifest(models_dir / folder)
    if manifest.kind != "encoder":
        raise _wrong_kind(manifest)
    encoder = OnnxEncoder(manifest, threads=threads, batch_tokens=batch_tokens)
    encoder.encode([_WARM_UP])
    return encoder


def _load_pair_model(
    models_dir: Path, *, encoder: OnnxEncoder, threads: int, batch_tokens: int
) -> tuple[QuestionModel, EntailmentModel]:
    manifest = load_manifest(models_dir / "pair")
    if manifest.kind != "classifier":
        raise _wrong_kind(manifest)
    model = load_pair_model(manifest, threads=threads, batch_tokens=batch_tokens)
    model.warm_up()
    return OnnxQuestionModel(model, manifest, encoder=encoder), OnnxEntailment(model)


def _load_worthiness(models_dir: Path, *, encoder: Encoder) -> WorthinessModel:
    manifest = load_manifest(models_dir / "worthiness")
    if manifest.kind != "facet-worthiness":
        raise _wrong_kind(manifest)
    return FacetWorthiness(manifest, encoder=encoder)


def _wrong_kind(manifest: Manifest) -> ConfigurationError:
    return ConfigurationError(f"Model folder {manifest.folder}: a model of kind {manifest.kind!r} has no place there.")
