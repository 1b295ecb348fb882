"""Turn a run's best weights into a model folder, calibrated on the events held out of training.

    python models/training/finish.py encoder --run RUN --out models/question-encoder
    python models/training/finish.py question --run RUN --out models/question-head --data FAMILIES/train \
        --prepared prepared.json
    python models/training/finish.py entailment --run RUN --out models/entailment --data ../shared/data/nli

The question head's calibration is folded into its last layer: sigmoid of output 0 and softmax of outputs 1-5 are
probabilities as they come.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import checkpoint
import torch
from backbone import Encoder, PairClassifier, base_checkpoint, load_tokenizer
from export import STOCK_SOURCE, export
from nli import LABELS as ENTAILMENT_LABELS
from pair_training import predict
from quantise import SCHEMES
from splits import hold_out
from torch import Tensor, nn
from train_entailment import split
from train_question_head import LABELS, as_examples, figures

from app.ml.families import read_events
from app.ml.metrics import recall_at_precision
from app.ml.question import cosines
from app.ml.question_pairs import UNKNOWN, Pair, measured_pairs
from app.ml.runtime import load_encoder

NEGATIVES_PER_POSITIVE = 5.0
"""Base rate that "same" is calibrated to: a few of a claim's nearest candidates are true counterparts."""
MAX_LENGTH = 256
MODELS = Path(__file__).resolve().parent.parent


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
    model, tokenizer = PairClassifier(base_checkpoint(), labels=LABELS), load_tokenizer()
    checkpoint.load_weights(options.run / "best.pt", model)
    _, tuning = hold_out(read_events(options.data))
    slots = json.loads(options.prepared.read_text(encoding="utf-8"))["slots"]
    sets = {"whole claims": measured_pairs(tuning), "marked slots": measured_pairs(tuning, slots=slots)}
    logits = {name: predict(model, tokenizer, as_examples(pairs)) for name, pairs in sets.items()}
    for name, pairs in sets.items():
        for figure, value in figures(logits[name], pairs).items():
            print(f"held-out events, {name}: {figure} {value:.3f}")
    pairs = [pair for each in sets.values() for pair in each]
    encoder = load_encoder(options.encoder.parent, folder=options.encoder.name, threads=2, batch_tokens=2048)
    same, weight = calibrate(
        model,
        torch.cat(list(logits.values())),
        torch.tensor(cosines(encoder, [(pair.left, pair.right) for pair in pairs])),
        pairs,
    )
    thresholds: dict[str, float] = {}
    for precision in (0.90, 0.95):
        recall, threshold = recall_at_precision(
            same, [pair.is_same for pair in pairs], precision=precision, negatives_per_positive=NEGATIVES_PER_POSITIVE
        )
        print(f"held-out events: same >= {threshold:.4f} has precision {precision:.2f} and recall {recall:.3f}")
        thresholds[f"same_p{precision * 100:.0f}"] = round(threshold, 4)
    kind = {"kind": "classifier", "name": "question-head", "data": "question families", "thresholds": thresholds}
    more = {"encoder": encoder.version, "cosine_weight": round(weight, 4)}
    return _export(model.model, options, more=more, **kind)


def calibrate(model: PairClassifier, logits: Tensor, cosine: Tensor, pairs: Sequence[Pair]):
    """Fold the scale and shift of "same" and the relation's temperature into the last layer; (probabilities of "same",
    weight of the question encoder's cosine)."""
    features = torch.stack([logits[:, 0].double(), cosine.double()], dim=1)
    weights, shift = fit_same(features, pairs)
    known = torch.tensor([pair.relation != UNKNOWN for pair in pairs])
    temperature = best_temperature(logits[known, 1:], torch.tensor([pair.relation for pair in pairs])[known])
    layer = model.model.classifier
    with torch.no_grad():
        layer.weight[0] *= weights[0].item()
        layer.bias[0] = layer.bias[0] * weights[0].item() + shift
        layer.weight[1:] /= temperature
        layer.bias[1:] /= temperature
    print(f"same: {weights[0]:.3f} logit + {weights[1]:.3f} cosine + {shift:.3f}; temperature {temperature:.3f}")
    return torch.sigmoid(features @ weights + shift).numpy(), weights[1].item()


def fit_same(features: Tensor, pairs: Sequence[Pair]) -> tuple[Tensor, float]:
    """Logistic regression of "same" (weights, shift) with negatives weighted to NEGATIVES_PER_POSITIVE."""
    truth = torch.tensor([float(pair.is_same) for pair in pairs], dtype=torch.float64)
    importance = torch.where(truth > 0, 1.0, NEGATIVES_PER_POSITIVE * truth.sum() / (1 - truth).sum())
    weights = torch.zeros(features.shape[1], dtype=torch.float64, requires_grad=True)
    shift = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    _minimise(
        [weights, shift],
        lambda: nn.functional.binary_cross_entropy_with_logits(features @ weights + shift, truth, weight=importance),
    )
    return weights.detach(), shift.item()


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
    parser.add_argument("--prepared", type=Path, help="what prepare_pairs.py wrote, for the question head")
    parser.add_argument("--encoder", type=Path, default=MODELS / "question-encoder", help="that the head is read with")
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="int8")
    options = parser.parse_args()
    torch.set_num_threads(2)
    finish = {"encoder": finish_encoder, "question": finish_question, "entailment": finish_entailment}[options.head]
    print(finish(options))


if __name__ == "__main__":
    main()
