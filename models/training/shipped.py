"""The weights of a shipped encoder, back from its ONNX file: what a run goes on from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from backbone import Encoder
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

LAYER = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The matrix products of a layer, in the order of the graph."""


def shipped_weights(folder: Path, model: Encoder) -> dict[str, Tensor]:
    """The state of ``model`` with the folder's weights, as they are computed with (int8 on disk, fp32 here).

    Raises ValueError when the graph is not one of ``export.py``'s encoders."""
    graph = onnx.load(folder / "model.onnx").graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}
    products = [
        found
        for node in graph.node
        if node.op_type in ("MatMul", "Gemm") and (found := _weight(node.input[1], arrays, made)) is not None
    ]
    state = dict(model.state_dict())
    names = [f"body.encoder.layer.{n}.{part}.weight" for n in range(len(products) // len(LAYER)) for part in LAYER]
    if len(names) != len(products) or not set(names) <= set(state):
        raise ValueError(f"{folder}: {len(products)} matrix products, not those of an encoder")
    for name in state:
        plain = "model." + name.removeprefix("body.")
        if plain in arrays:
            state[name] = torch.tensor(arrays[plain]).float()
        elif f"{plain}_int8" in arrays:
            state[name] = torch.tensor(arrays[f"{plain}_int8"].astype(np.float32) * arrays[f"{plain}_scale"])
    return state | {name: torch.tensor(product.T.copy()).float() for name, product in zip(names, products, strict=True)}


def _weight(name: str, arrays: Mapping[str, NDArray], made: Mapping[str, onnx.NodeProto]) -> NDArray | None:
    """The right side of a matrix product, dequantised; None when it is no constant."""
    if name in arrays:
        return arrays[name].astype(np.float32)
    node = made.get(name)
    if node is None or node.op_type != "DequantizeLinear" or node.input[0] not in arrays:
        return None
    axis = next((each.i for each in node.attribute if each.name == "axis"), 1)
    values, scale = arrays[node.input[0]].astype(np.float32), arrays[node.input[1]]
    if len(node.input) > 2 and node.input[2] in arrays:
        values = values - np.expand_dims(arrays[node.input[2]].astype(np.float32), 1 - axis)
    return values * (np.expand_dims(scale, 1 - axis) if scale.ndim else scale)
