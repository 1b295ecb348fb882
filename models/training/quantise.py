"""Graph transforms that shrink an fp32 ONNX transformer: what ``export.py`` ships and ``measure.py`` compares.

Shipped: ``int8`` for the encoders. Weight matrices are stored as int8 with one scale for each output channel, the word
embeddings with one scale for each row; ONNX Runtime unfolds the former once at load, the latter row by row. Activations
stay fp32, so a text's vector depends neither on the other texts of its batch nor on the int8 instructions of the
processor. And ``int8-blocks`` for the pair model, whose matrices would take 340 MB unfolded: they stay int8 in memory,
with one scale for each block of 32 weights, and are multiplied with activations that are rounded block by block, each
row by itself: no row depends on another here either. The dynamic schemes quantise activations by the range of the whole
batch tensor, and keep neither promise.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when the library loads
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

PART_BYTES = 48_000_000
LEAST_ELEMENTS = 10_000
"""Smaller tensors (biases, norms, type embeddings) are left in fp32: nothing to gain."""


def symmetric_int8(weights: NDArray[np.float32], *, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round ``weights`` (a matrix) to ``int8 * scale`` with one scale for each index along ``axis``."""
    scales = (np.abs(weights).max(axis=1 - axis) / 127).astype(np.float32)
    scales[scales == 0] = 1.0
    scaled = weights / np.expand_dims(scales, axis=1 - axis)
    return np.clip(np.rint(scaled), -127, 127).astype(np.int8), scales


def quantise_weights(source: Path, target: Path) -> None:
    """Write ``source`` with int8 MatMul weights (per output channel) and int8 embedding tables (per row)."""
    model = onnx.load(source)
    graph = model.graph
    large = {i.name: i for i in graph.initializer if len(i.dims) == 2 and i.dims[0] * i.dims[1] >= LEAST_ELEMENTS}
    nodes: list[onnx.NodeProto] = []
    unfolded: set[str] = set()
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in large:
            name = node.input[1]
            if name not in unfolded:
                nodes.append(_unfold_matrix(graph, large[name]))
                unfolded.add(name)
            node.input[1] = f"{name}_unfolded"
            nodes.append(node)
        elif node.op_type == "Gather" and node.input[0] in large:
            if node.input[0] not in unfolded:
                _split_table(graph, large[node.input[0]])
                unfolded.add(node.input[0])
            nodes += _gather_rows(node)
        else:
            nodes.append(node)
    kept = [i for i in graph.initializer if i.name not in unfolded]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def quantise_blocks(source: Path, target: Path) -> None:
    """Write ``source`` with MatMul weights in blocks of int8 and int8 embedding tables (per row); tensors in files of
    at most PART_BYTES beside ``target``, which many hosts of repositories want."""
    quantiser = MatMulNBitsQuantizer(onnx.load(source), bits=8, block_size=32, is_symmetric=True, accuracy_level=4)
    quantiser.process()
    quantiser.model.save_model_to_file(str(target), use_external_data_format=False)
    quantise_weights(target, target)  # no MatMul of two inputs is left: the tables alone
    _save_in_parts(onnx.load(target), target)


def _save_in_parts(model: onnx.ModelProto, target: Path) -> None:
    number, filled = 1, 0
    for tensor in model.graph.initializer:
        size = len(tensor.raw_data)
        if size >= LEAST_ELEMENTS:
            number, filled = (number, filled + size) if filled + size <= PART_BYTES else (number + 1, size)
            set_external_data(tensor, f"{target.stem}-{number}.bin")
    onnx.save(model, target)


def _unfold_matrix(graph: onnx.GraphProto, tensor: onnx.TensorProto) -> onnx.NodeProto:
    values, scales = symmetric_int8(numpy_helper.to_array(tensor), axis=1)
    names = f"{tensor.name}_int8", f"{tensor.name}_scale"
    graph.initializer.extend([numpy_helper.from_array(values, names[0]), numpy_helper.from_array(scales, names[1])])
    return helper.make_node("DequantizeLinear", names, [f"{tensor.name}_unfolded"], axis=1)


def _split_table(graph: onnx.GraphProto, tensor: onnx.TensorProto) -> None:
    values, scales = symmetric_int8(numpy_helper.to_array(tensor), axis=0)
    graph.initializer.append(numpy_helper.from_array(values, f"{tensor.name}_int8"))
    graph.initializer.append(numpy_helper.from_array(scales[:, None].copy(), f"{tensor.name}_scale"))


def _gather_rows(gather: onnx.NodeProto) -> list[onnx.NodeProto]:
    table, ids, out = gather.input[0], gather.input[1], gather.output[0]
    return [
        helper.make_node("Gather", [f"{table}_int8", ids], [f"{out}_int8"]),
        helper.make_node("Cast", [f"{out}_int8"], [f"{out}_cast"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_scale", ids], [f"{out}_scale"]),
        helper.make_node("Mul", [f"{out}_cast", f"{out}_scale"], [out]),
    ]


def _dynamic(*, per_channel: bool, operators: list[str], reduce_range: bool = False) -> Callable[[Path, Path], None]:
    def quantise(source: Path, target: Path) -> None:
        model = onnx.load(source)
        model.graph.ClearField("value_info")  # the quantiser turns matrices round and trips over their old shapes
        quantize_dynamic(
            model,
            target,
            op_types_to_quantize=operators,
            per_channel=per_channel,
            reduce_range=reduce_range,
            weight_type=QuantType.QInt8,
        )

    return quantise


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


SCHEMES: dict[str, Callable[[Path, Path], None]] = {
    "fp32": _copy,
    "int8": quantise_weights,
    "int8-blocks": quantise_blocks,
    "dynamic": _dynamic(per_channel=False, operators=["MatMul", "Gather"]),
    "dynamic-channel": _dynamic(per_channel=True, operators=["MatMul", "Gather"]),
    "dynamic-channel-matmul": _dynamic(per_channel=True, operators=["MatMul"]),
    "dynamic-channel-7bit": _dynamic(per_channel=True, operators=["MatMul", "Gather"], reduce_range=True),
}
"""Name to transform; each reads an fp32 ONNX file and writes another."""
