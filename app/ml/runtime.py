"""Every model the service runs on, verified, loaded and warmed: from the model folders, or a checkpoint instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import ConfigurationError
from app.domain.ports import Encoder, EntailmentModel, QuestionModel, Summariser, WorthinessModel
from app.ml.encoder import OnnxEncoder
from app.ml.entailment import OnnxEntailment
from app.ml.manifest import Manifest, load_manifest, read_manifest
from app.ml.pair import load_pair_model
from app.ml.question import OnnxQuestionModel
from app.ml.worthiness import FacetWorthiness

if TYPE_CHECKING:
    from types import ModuleType

    from app.ml.checkpoint import Choice

_WARM_UP = "A text to make the first real one as quick as the next."


@dataclass(frozen=True, slots=True)
class Models:
    """What the pipeline asks, ready to answer."""

    encoder: Encoder
    question_encoder: Encoder
    question: QuestionModel
    entailment: EntailmentModel
    worthiness: WorthinessModel
    summariser: Summariser | None = None


@dataclass(frozen=True, slots=True)
class Replacements:
    """Checkpoints of ``transformers`` in place of shipped models, or as summariser: hub ids, "id@revision" or
    directories. They run on ``device`` and need torch."""

    encoder: str | None = None
    entailment: str | None = None
    summariser: str | None = None
    device: str = "cpu"


NONE_REPLACED = Replacements()


def load_models(
    models_dir: Path,
    *,
    threads: int,
    batch_tokens: int,
    replacements: Replacements = NONE_REPLACED,
    summary_sentences: int = 3,
) -> Models:
    """Load and warm every model. ``threads`` 0 takes one for each core; ``batch_tokens`` is the budget of a batch,
    padding included; ``summary_sentences`` is how many a summariser is asked for.

    Raises ConfigurationError, naming the folder and the file, when a model is missing, altered or of the wrong kind,
    and naming the setting when a checkpoint is not fit to replace it.
    """
    # What an operator chose comes first: when it is unfit, they need not wait for the rest.
    summariser = _load_summariser(replacements, sentences=summary_sentences, threads=threads)
    own_entailment = _replaced_entailment(replacements, threads=threads, batch_tokens=batch_tokens)
    own_encoder = _replaced_encoder(models_dir, replacements, threads=threads, batch_tokens=batch_tokens)
    shipped = load_encoder(models_dir, threads=threads, batch_tokens=batch_tokens)
    question_encoder = load_encoder(models_dir, folder="question-encoder", threads=threads, batch_tokens=batch_tokens)
    question, entailment = _load_pair_model(
        models_dir, encoder=question_encoder, threads=threads, batch_tokens=batch_tokens
    )
    return Models(
        encoder=own_encoder or shipped,
        question_encoder=question_encoder,
        question=question,
        entailment=own_entailment or entailment,
        worthiness=_load_worthiness(models_dir, encoder=shipped),  # its weights are for these vectors alone
        summariser=summariser,
    )


def load_search_encoder(
    models_dir: Path, *, threads: int, batch_tokens: int, replacements: Replacements = NONE_REPLACED
) -> Encoder:
    """The encoder alone, as ``load_models`` chooses it, for a process that only searches."""
    own = _replaced_encoder(models_dir, replacements, threads=threads, batch_tokens=batch_tokens)
    return own or load_encoder(models_dir, threads=threads, batch_tokens=batch_tokens)


def load_encoder(models_dir: Path, *, folder: str = "encoder", threads: int, batch_tokens: int) -> OnnxEncoder:
    """Load and warm one shipped encoder."""
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
    return OnnxQuestionModel(model, manifest, encoder=encoder), OnnxEntailment(model, manifest)


def _load_worthiness(models_dir: Path, *, encoder: Encoder) -> WorthinessModel:
    manifest = load_manifest(models_dir / "worthiness")
    if manifest.kind != "facet-worthiness":
        raise _wrong_kind(manifest)
    return FacetWorthiness(manifest, encoder=encoder)


def _replaced_encoder(models_dir: Path, chosen: Replacements, *, threads: int, batch_tokens: int) -> Encoder | None:
    if chosen.encoder is None:
        return None
    dimensions = read_manifest(models_dir / "encoder").dimensions
    hub, choice = _hub("encoder", chosen.encoder, chosen.device)
    encoder: Encoder = hub.HubEncoder(choice, dimensions=dimensions, threads=threads, batch_tokens=batch_tokens)
    encoder.encode([_WARM_UP])
    return encoder


def _replaced_entailment(chosen: Replacements, *, threads: int, batch_tokens: int) -> EntailmentModel | None:
    if chosen.entailment is None:
        return None
    hub, choice = _hub("entailment", chosen.entailment, chosen.device)
    model: EntailmentModel = hub.HubEntailment(choice, threads=threads, batch_tokens=batch_tokens)
    model.judge([(_WARM_UP, _WARM_UP)])
    return model


def _load_summariser(chosen: Replacements, *, sentences: int, threads: int) -> Summariser | None:
    if chosen.summariser is None:
        return None
    hub, choice = _hub("summariser", chosen.summariser, chosen.device)
    model: Summariser = hub.HubSummariser(choice, sentences=sentences, threads=threads)
    return model


def _hub(role: str, reference: str, device: str) -> tuple[ModuleType, Choice]:
    """What runs checkpoints, imported for those who chose one: it takes torch, which no other part needs."""
    try:
        from app.ml import hub
        from app.ml.checkpoint import Choice
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise ConfigurationError(
            f"CLAIMLINE_{role.upper()}_MODEL={reference} needs torch: install claimline[torch]."
        ) from error
    return hub, Choice(role, reference, device)


def _wrong_kind(manifest: Manifest) -> ConfigurationError:
    return ConfigurationError(f"Model folder {manifest.folder}: a model of kind {manifest.kind!r} has no place there.")
