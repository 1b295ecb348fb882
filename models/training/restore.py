"""The weights of a shipped classifier as a checkpoint to train on from.

    python models/training/restore.py models/pair --out START.pt

Its int8 matrices are unfolded to fp32. Rounding cost is a starting point a few thousandths off, which a run's first
steps make good; what shipped is thereby all that a new run needs, and no checkpoint has to be kept beside it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch
from backbone import PairClassifier, base_checkpoint, load_tokenizer
from onnx import numpy_helper
from torch import Tensor


def restored_state(model_file: Path) -> dict[str, Tensor]:
    """Parameter name to tensor, of a graph that ``quantise.quantise_weights`` wrote.

    The exporter names a linear layer's bias but not its matrix, so a matrix is known by the bias that is added next.
    """
    graph = onnx.load(model_file).graph
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    state = {name: torch.tensor(value) for name, value in values.items() if name.startswith("model.")}
    added = {name: node for node in graph.node if node.op_type == "Add" for name in node.input}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1].endswith("_unfolded"):
            matrix = node.input[1].removesuffix("_unfolded")
            (bias,) = (name for name in added[node.output[0]].input if name.endswith(".bias"))
            unfolded = values[f"{matrix}_int8"].astype("float32") * values[f"{matrix}_scale"]
            state[bias.removesuffix("bias") + "weight"] = torch.tensor(unfolded.T.copy())
    for name in [name for name in state if name.endswith("_int8")]:
        state[name.removesuffix("_int8")] = state[name].float() * state[name.removesuffix("_int8") + "_scale"]
    return {name: value for name, value in state.items() if not name.endswith(("_int8", "_scale", "position_ids"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    state = restored_state(options.folder / "model.onnx")
    labels = [str(number) for number in range(len(state["model.classifier.bias"]))]
    model = PairClassifier(base_checkpoint(), labels=labels)
    model.load_state_dict(state)  # strict: every parameter must have been found
    torch.save(model.state_dict(), options.out)
    _check(model, options.folder / "model.onnx")


def _check(model: PairClassifier, model_file: Path) -> None:
    """Print how far the restored model's outputs are from the shipped graph's on one pair."""
    from onnxruntime import InferenceSession

    inputs = load_tokenizer()("The ferry sank with 40 aboard.", "Forty people were on the ferry.", return_tensors="pt")
    shipped = InferenceSession(model_file)
    names = {each.name for each in shipped.get_inputs()}
    (expected,) = shipped.run(None, {name: value.numpy() for name, value in inputs.items() if name in names})
    with torch.inference_mode():
        found = model.eval()(**inputs).numpy()
    print(f"largest difference of an output: {abs(found - expected).max():.6f}")


if __name__ == "__main__":
    main()
