"""``claimline models``: what lies in the model folders."""

from __future__ import annotations

from pathlib import Path

import typer

from app.commands.opening import read_settings
from app.domain.errors import ConfigurationError
from app.settings import Settings

app = typer.Typer(help="The models that workers load.", no_args_is_help=True)


def model_folders(settings: Settings) -> list[Path]:
    models_dir = settings.models_dir
    folders = sorted(path.parent for path in models_dir.glob("*/manifest.toml"))
    if not folders:
        raise ConfigurationError(f"There are no model folders in {models_dir}: set CLAIMLINE_MODELS_DIR.")
    return folders


@app.command("list")
def list_models() -> None:
    """List the model folders under CLAIMLINE_MODELS_DIR: version, kind, licence, source."""
    from app.ml.manifest import read_manifest

    for folder in model_folders(read_settings()):
        manifest = read_manifest(folder)
        typer.echo("  ".join((manifest.version, manifest.kind, manifest.licence, manifest.source)))


@app.command("verify")
def verify_models() -> None:
    """Check every file of every model folder against its manifest."""
    from app.ml.manifest import load_manifest

    for folder in model_folders(read_settings()):
        typer.echo(f"{load_manifest(folder).version}  ok")
