"""The weights of a shipped model, back from its ONNX file: what a run goes on from; no checkpoint is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import checkpoint
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
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
            unfolded = (arrays[f"{matrix}_int8"].astype("float32") * arrays[f"{matrix}_scale"]).T
        elif node.op_type == "MatMulNBits":
            unfolded = _unfold_blocks(*(arrays[name] for name in node.input[1:3]))
        else:
            continue
        (bias,) = (name for name in added[node.output[0]].input if name.endswith(".bias"))
        state[f"{bias.removesuffix('bias')}weight"] = torch.tensor(unfolded.copy())
    for table in [name for name in state if name.endswith("_int8")]:
        name = table.removesuffix("_int8")
        state[name] = state[table].float() * state[f"{name}_scale"]
    parts = ("_int8", "_scale", "position_ids")  # the last is no parameter
    return {prefix + n.removeprefix(PREFIX): value for n, value in state.items() if not n.endswith(parts)}


def _unfold_blocks(values: NDArray[np.uint8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """[rows, blocks, values of a block], stored from 128 up, and a scale for each block -> [rows, columns]."""
    return ((values.astype("float32") - 128) * scales.reshape(*values.shape[:2], 1)).reshape(len(values), -1)


def load_mean(runs: Sequence[Path], model: nn.Module) -> None:
    """The mean of the best weights of runs of one lineage (Wortsman et al. 2022: it is often better than each)."""
    loaded = []
    for run in runs:
        checkpoint.load_weights(run / "best.pt", model)
        loaded.append({name: value.clone().float() for name, value in model.state_dict().items()})
    model.load_state_dict({name: sum(each[name] for each in loaded) / len(loaded) for name in loaded[0]})
