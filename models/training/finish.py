"""Turn a run's best weights into a model folder, calibrated on the events held out of training.

    python models/training/finish.py encoder --run RUN --out models/question-encoder
    python models/training/finish.py question --run RUN --out models/question-head --data FAMILIES/train
    python models/training/finish.py entailment --run RUN --out models/entailment --data ../shared/data/nli

The question head's calibration is folded into its last layer: sigmoid of output 0 and softmax of outputs 1-5 are
probabilities as they come.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import checkpoint
import torch
from backbone import Encoder, PairClassifier, base_checkpoint, load_tokenizer
from claimpairs import hold_out, read_events
from export import STOCK, STOCK_SOURCE, export, write_config, write_manifest, write_onnx, write_tokenizer
from metrics import recall_at_precision
from nli import LABELS as ENTAILMENT_LABELS
from pair_training import predict
from pairs import UNKNOWN, Pair, measured_pairs
from quantise import SCHEMES
from question_head import LABELS, QuestionHead, score
from torch import Tensor, nn
from train_entailment import split
from train_question_head import figures

NEGATIVES_PER_POSITIVE = 5.0
"""Base rate that "same" is calibrated to: a few of a claim's nearest candidates are true counterparts."""
MAX_LENGTH = 256


def finish_encoder(options: argparse.Namespace) -> str:
    model = Encoder(base_checkpoint())
    checkpoint.load_weights(options.run / "best.pt", model)
    return _export(model.body, options, kind="encoder", name="question-encoder", data="question families")


def finish_entailment(options: argparse.Namespace) -> str:
    model, tokenizer = PairClassifier(base_checkpoint(), labels=ENTAILMENT_LABELS), load_tokenizer()
    checkpoint.load_weights(options.run / "best.pt", model)
    _, tuning = split(options.data, seed=1)
    logits = predict(model, tokenizer, tuning)
    temperature = best_temperature(logits, torch.tensor([item.label[0] for item in tuning]))
    print(f"temperature {temperature:.4f} on {len(tuning)} pairs set aside")
    kind = {"kind": "classifier", "name": "entailment", "data": "entailment sets", "temperature": temperature}
    return _export(model.model, options, **kind)


def finish_question(options: argparse.Namespace) -> str:
    model, tokenizer = QuestionHead(base_checkpoint()), load_tokenizer()
    checkpoint.load_weights(options.run / "best.pt", model)
    _, tuning = hold_out(read_events(options.data))
    pairs = measured_pairs(tuning)
    logits = score(model, tokenizer, [(pair.left, pair.right) for pair in pairs])
    for name, value in figures(logits, pairs).items():
        print(f"held-out events: {name} {value:.3f}")
    same = calibrate(model, logits, pairs)
    thresholds: dict[str, float] = {}
    for precision in (0.90, 0.95):
        recall, threshold = recall_at_precision(
            same, [pair.same for pair in pairs], precision=precision, negatives_per_positive=NEGATIVES_PER_POSITIVE
        )
        print(f"held-out events: same >= {threshold:.4f} has precision {precision:.2f} and recall {recall:.3f}")
        thresholds[f"thresholds.same_p{precision * 100:.0f}"] = round(threshold, 4)
    return _publish_head(model, options, thresholds)


def calibrate(model: QuestionHead, logits: Tensor, pairs: Sequence[Pair]):
    """Fold Platt scaling of "same" and the relation's temperature into the last layer; probabilities of "same"."""
    scale, shift = fit_same(logits[:, 0], pairs)
    known = torch.tensor([pair.relation != UNKNOWN for pair in pairs])
    temperature = best_temperature(logits[known, 1:], torch.tensor([pair.relation for pair in pairs])[known])
    layer = model.classifier[-1]
    with torch.no_grad():
        layer.weight[0] *= scale
        layer.bias[0] = layer.bias[0] * scale + shift
        layer.weight[1:] /= temperature
        layer.bias[1:] /= temperature
    print(f"same: scale {scale:.3f}, shift {shift:.3f}; relation: temperature {temperature:.3f}")
    return torch.sigmoid(logits[:, 0] * scale + shift).double().numpy()


def fit_same(logits: Tensor, pairs: Sequence[Pair]) -> tuple[float, float]:
    """Platt scaling (scale, shift) with negatives weighted to NEGATIVES_PER_POSITIVE."""
    truth = torch.tensor([float(pair.same) for pair in pairs], dtype=torch.float64)
    weights = torch.where(truth > 0, 1.0, NEGATIVES_PER_POSITIVE * truth.sum() / (1 - truth).sum())
    scale = torch.ones(1, dtype=torch.float64, requires_grad=True)
    shift = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    values = logits.double()
    _minimise(
        [scale, shift],
        lambda: nn.functional.binary_cross_entropy_with_logits(values * scale + shift, truth, weight=weights),
    )
    return scale.item(), shift.item()


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017)."""
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    values = logits.double()
    _minimise([log_temperature], lambda: nn.functional.cross_entropy(values / log_temperature.exp(), labels))
    return float(log_temperature.exp().item())


def _minimise(parameters, loss) -> None:
    optimiser = torch.optim.LBFGS(parameters, max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(closure)


class _Named(nn.Module):
    """The head with its output under a name, as ``write_onnx`` takes models."""

    def __init__(self, model: QuestionHead) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> dict[str, Tensor]:
        return {"logits": self.model(input_ids, attention_mask, token_type_ids)}


def _publish_head(model: QuestionHead, options: argparse.Namespace, thresholds: dict[str, float]) -> str:
    options.out.mkdir(parents=True, exist_ok=True)
    model.body.set_attn_implementation("eager")  # plain operators, which every scheme and runtime understands
    with tempfile.TemporaryDirectory() as scratch:
        fp32 = Path(scratch) / "fp32.onnx"
        write_onnx(_Named(model).eval(), fp32, kind="classifier")
        SCHEMES[options.scheme](fp32, options.out / "model.onnx")
    write_tokenizer(STOCK, options.out, max_length=MAX_LENGTH)
    write_config(model.body, options.out)
    fields: dict[str, object] = {"name": "question-head", "kind": "classifier", "licence": "Apache-2.0"}
    fields |= {"source": _source("question families"), "weights": options.scheme, "max_length": MAX_LENGTH}
    fields |= {"labels": list(LABELS)} | thresholds
    files = ["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"]
    return write_manifest(options.out, fields=fields, files=files)


def _export(model: nn.Module, options: argparse.Namespace, *, data: str, **fields: object) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        model.save_pretrained(scratch)
        load_tokenizer().save_pretrained(scratch)
        return export(
            scratch, options.out, source=_source(data), max_length=MAX_LENGTH, scheme=options.scheme, **fields
        )


def _source(data: str) -> str:
    return f"models/training, from {STOCK_SOURCE}, on {data}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("head", choices=("encoder", "question", "entailment"))
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="training data, for calibration")
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="int8")
    options = parser.parse_args()
    torch.set_num_threads(2)
    finish = {"encoder": finish_encoder, "question": finish_question, "entailment": finish_entailment}[options.head]
    print(finish(options))


if __name__ == "__main__":
    main()
