"""``claimline models``: what lies in the model folders, whether it is intact, and how good it is.

``eval`` measures the models that the settings choose, through the classes that serve; the cards name the files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.opening import read_settings
from app.domain.errors import ConfigurationError
from app.settings import Settings

if TYPE_CHECKING:
    from app.domain.ports import Encoder
    from app.domain.values import Claim
    from app.ml.runtime import Models, Replacements

CARD = "card.md"

app = typer.Typer(help="The models that workers load.", no_args_is_help=True)
evaluation = typer.Typer(help="Measure the models: the tables of their cards.", no_args_is_help=True)
app.add_typer(evaluation, name="eval")


def model_folders(settings: Settings) -> list[Path]:
    models_dir = settings.models_dir
    folders = sorted(path.parent for path in models_dir.glob("*/manifest.toml"))
    if not folders:
        raise ConfigurationError(f"There are no model folders in {models_dir}: set CLAIMLINE_MODELS_DIR.")
    return folders


@app.command("list")
def list_models() -> None:
    """List the model folders under CLAIMLINE_MODELS_DIR: version, kind, licence, source and card; then what the
    settings choose beside them."""
    from app.ml.manifest import read_manifest

    settings = read_settings()
    for folder in model_folders(settings):
        manifest = read_manifest(folder)
        typer.echo("  ".join((manifest.version, manifest.kind, manifest.licence, manifest.source, str(folder / CARD))))
    for name in ("encoder_model", "entailment_model", "summariser_model"):
        if chosen := getattr(settings, name):
            typer.echo(f"CLAIMLINE_{name.upper()}={chosen}")


@app.command("verify")
def verify_models() -> None:
    """Check every file of every model folder against its manifest, and that each has its card. Exit code 2 when
    something is amiss."""
    from app.ml.manifest import load_manifest

    folders, faults = model_folders(read_settings()), 0
    for folder in folders:
        try:
            version = load_manifest(folder).version
            if not (folder / CARD).is_file():
                raise ConfigurationError(f"Model folder {folder}: there is no {CARD}.")
        except ConfigurationError as error:
            faults += 1
            typer.echo(f"{folder.name}  {error}")
        else:
            typer.echo(f"{version}  ok")
    if faults:
        raise ConfigurationError(f"{faults} of {len(folders)} model folders are not as they should be.")


@evaluation.command("entailment")
def evaluate_entailment(
    pairs: Annotated[Path, typer.Option(help="JSON lines with premise, hypothesis and label; category if any.")],
) -> None:
    """Accuracy, calibration and false contradictions of the entailment model."""
    from app.ml.evaluation import entailment_table
    from app.ml.labelled import read_pairs

    sets = read_pairs(pairs)
    typer.echo(entailment_table(_models().entailment, sets))


@evaluation.command("question")
def evaluate_question(
    families: Annotated[Path, typer.Option(help="Folder of question families, one JSON file for each event.")],
) -> None:
    """Ranking by the question encoder; pairs of sentences as wholes, and about marked slots."""
    from app.language.reader import SpacyReader
    from app.ml.evaluation import question_tables
    from app.ml.families import read_events
    from app.ml.question_pairs import slots_of

    events, reader = read_events(families), SpacyReader()
    texts = {each.text for event in events for family in event.families for each in family.all_sentences}
    slots = {text: slots_of(reader.read(text, title=None, published_at=None), 0, len(text)) for text in sorted(texts)}
    for table in question_tables(_models(), events, slots=slots):
        typer.echo(f"{table}\n")


@evaluation.command("worthiness")
def evaluate_worthiness(
    sentences: Annotated[Path, typer.Option(help="JSON, a list or lines, with text and label (1: check-worthy).")],
) -> None:
    """Ranking, F1 and calibration of check-worthiness, on the sentences that the language layer takes for claims."""
    from app.language.reader import SpacyReader
    from app.ml.evaluation import worthiness_table
    from app.ml.labelled import read_sentences

    rows, reader = read_sentences(sentences), SpacyReader()
    found: list[tuple[Claim, bool]] = [
        (claim, label) for text, label in rows for claim in reader.read(text, title=None, published_at=None).claims[:1]
    ]
    claims, labels = [claim for claim, _ in found], [label for _, label in found]
    typer.echo(worthiness_table(_models().worthiness, claims, labels, name=sentences.stem))


def load(settings: Settings) -> Models:
    """Every model, as the settings choose them."""
    from app.ml.runtime import load_models

    return load_models(
        settings.models_dir,
        threads=settings.model_threads,
        batch_tokens=settings.batch_tokens,
        replacements=_replacements(settings),
        summary_sentences=settings.summary_sentences,
    )


def load_search_encoder(settings: Settings) -> Encoder:
    """The encoder alone, as the settings choose it."""
    from app.ml import runtime

    return runtime.load_search_encoder(
        settings.models_dir,
        threads=settings.model_threads,
        batch_tokens=settings.batch_tokens,
        replacements=_replacements(settings),
    )


def _replacements(settings: Settings) -> Replacements:
    from app.ml.runtime import Replacements

    return Replacements(
        encoder=settings.encoder_model,
        entailment=settings.entailment_model,
        summariser=settings.summariser_model,
        device=settings.model_device,
    )


def _models() -> Models:
    return load(read_settings().model_copy(update={"summariser_model": None}))  # nothing measures that one
