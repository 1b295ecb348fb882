"""The weights of a shipped model, back from its ONNX file: what a run goes on from; no checkpoint is kept beside it."""

from __future__ import annotations

import argparse
from pathlib import Path

import checkpoint
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

PREFIX = "model."
"""What ``export.py`` puts before the names of a model's own parameters."""


def shipped_weights(folder: Path, *, prefix: str) -> dict[str, Tensor]:
    """Parameter name to tensor, as they are computed with (int8 on disk, fp32 here); ``prefix`` stands before each in
    the module they are loaded into. ``load_state_dict`` says what is missing.

    The exporter names a linear layer's bias but not its matrix, so a matrix is known by the bias that is added next.
    """
    graph = onnx.load(folder / "model.onnx").graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    state = {name: torch.tensor(value) for name, value in arrays.items() if name.startswith(PREFIX)}
    added = {name: node for node in graph.node if node.op_type == "Add" for name in node.input}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1].endswith("_unfolded"):
            matrix = node.input[1].removesuffix("_unfolded")
            (bias,) = (name for name in added[node.output[0]].input if name.endswith(".bias"))
            unfolded = arrays[f"{matrix}_int8"].astype("float32") * arrays[f"{matrix}_scale"]
            state[f"{bias.removesuffix('bias')}weight"] = torch.tensor(unfolded.T.copy())
    for table in [name for name in state if name.endswith("_int8")]:
        name = table.removesuffix("_int8")
        state[name] = state[table].float() * state[f"{name}_scale"]
    parts = ("_int8", "_scale", "position_ids")  # the last is no parameter
    return {prefix + n.removeprefix(PREFIX): value for n, value in state.items() if not n.endswith(parts)}


def load_between(weights: Path, model: nn.Module, *, started_from: Path | None, share: float) -> None:
    """A run's weights into a pair model or, with the folder that the run started from, a mean of both, ``share`` of it
    the run's (Wortsman et al. 2022: between two checkpoints of one lineage is often better than either end)."""
    checkpoint.load_weights(weights, model)
    if started_from is not None:
        first, last = shipped_weights(started_from, prefix="model."), model.state_dict()
        model.load_state_dict({name: torch.lerp(first[name].float(), last[name].float(), share) for name in last})


def add_average_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--started-from", type=Path, help="folder of the pair model that the run started from")
    parser.add_argument("--share", type=float, default=0.8, help="of the run's weights beside those it started from")
