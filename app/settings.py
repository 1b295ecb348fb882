"""Everything an operator can set, read once from CLAIMLINE_* by the composition root and passed on from there."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BeforeValidator, Field, PostgresDsn
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _data_dir() -> Path:
    return Path(platformdirs.user_data_dir("claimline"))


def _models_dir() -> Path:
    return Path(__file__).resolve().parent.parent / "models"


def _listed(value: Any) -> Any:
    """ "a, b" as ["a", "b"]."""
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


class Settings(BaseSettings):
    """One validated class; the README's table lists every field (a test keeps it so)."""

    model_config = SettingsConfigDict(env_prefix="CLAIMLINE_", extra="ignore", frozen=True)

    database_url: PostgresDsn | None = Field(
        default=None, description="Any PostgreSQL 15+ with pgvector; unset: a private server under the data directory"
    )
    data_dir: Path = Field(default_factory=_data_dir, description="Where the embedded PostgreSQL keeps its files")
    models_dir: Path = Field(
        default_factory=_models_dir, description="Where the model folders with their manifests are"
    )
    encoder_model: str | None = Field(
        default=None,
        min_length=1,
        description="Encoder to use instead of the shipped one: hub id, `id@revision` or directory",
    )
    entailment_model: str | None = Field(
        default=None,
        min_length=1,
        description="Entailment model of the gate of written summaries, instead of the shipped one: the same",
    )
    summariser_model: str | None = Field(
        default=None,
        min_length=1,
        description="Model that writes summaries, each sentence held to its evidence: the same",
    )
    model_device: str = Field(
        default="cpu", pattern=r"^(cpu|mps|cuda(:\d+)?)$", description="Where those models run: cpu, cuda, cuda:1, mps"
    )
    host: str = Field(default="127.0.0.1", description="Address the HTTP server binds")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the HTTP server binds; 0 takes a free one")
    trust_network: bool = Field(
        default=False, description="Bind any address although there are no API keys: all who reach it may do anything"
    )
    allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(),
        description="Networks that are called although they are not public, such as `10.1.2.0/24`; comma-separated",
    )
    rate_limit: int = Field(
        default=600, ge=0, description="Requests a minute of one API key, in each API process; 0: any number"
    )
    max_queue_seconds: int = Field(
        default=0, ge=0, description="Articles are refused (429) while the oldest waits longer than this; 0: never"
    )
    fetch_seconds: float = Field(
        default=20, gt=0, le=300, description="Time to fetch an article by its URL, redirects included"
    )
    fetch_bytes: int = Field(
        default=5_000_000, ge=1024, description="Size of a page, decompressed, past which it is refused"
    )
    fetch_redirects: int = Field(default=5, ge=0, le=20, description="Redirects that are followed to an article")
    retention_days: int = Field(
        default=0, ge=0, le=36500, description="Articles are deleted this long after they were accepted; 0: never"
    )
    max_streams: int = Field(
        default=200, ge=0, le=10000, description="Clients that may follow a story at once, in each API process"
    )
    stream_seconds: int = Field(
        default=900, ge=1, le=86400, description="A client that follows a story is to come back after this long"
    )
    event_days: int = Field(default=30, ge=1, le=36500, description="Events can be read for this long")
    worker_concurrency: int = Field(default=1, ge=1, le=64, description="Articles one worker process analyses at once")
    model_threads: int = Field(default=0, ge=0, le=256, description="Threads a model may use; 0: one for each core")
    batch_tokens: int = Field(default=4096, ge=256, description="Token budget of one model batch, padding included")
    summary_sentences: int = Field(default=3, ge=1, le=10, description="Sentences of a summary, at most")
    story_window_days: int = Field(
        default=14, ge=1, le=365, description="How far apart two articles of one story may be"
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged"
    )
    log_format: str = Field(
        default="json", pattern="^(json|console)$", description="json for machines, console for people"
    )
