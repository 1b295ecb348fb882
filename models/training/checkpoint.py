"""Training state that survives a kill: written to a temporary file, then renamed over the last one."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import torch
from torch import nn


def save(path: Path, model: nn.Module, optimiser: torch.optim.Optimizer, **state: Any) -> None:
    """``state`` is plain values: step, best score, elapsed seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}, partial)
    os.replace(partial, path)


def load(path: Path, model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """Restore in place and return the plain values; empty when there is nothing to resume."""
    if not path.exists():
        return {}
    stored = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(stored["model"])
    optimiser.load_state_dict(stored["optimiser"])
    return stored["state"]


def save_weights(path: Path, model: nn.Module) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(model.state_dict(), partial)
    os.replace(partial, path)


def load_weights(path: Path, model: nn.Module) -> None:
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))


def seeded(seed: int, step: int) -> random.Random:
    """The generator of one step: a resumed run draws what an uninterrupted one would have drawn."""
    torch.manual_seed(seed * 1_000_003 + step)
    return random.Random(seed * 1_000_003 + step)
