"""Turn the best weights of a run, or the mean of several, into a model folder, calibrated on what training left out.

    python models/training/finish.py encoder --run RUN --out models/question-encoder
    python models/training/finish.py pair --run RUN --out models/pair --data FAMILIES/train --prepared prepared.json \
        --nli ../shared/data/nli

The pair model's calibration is folded into its last layer: the sigmoid of its first output, the softmax of the next
five and that of the last three are probabilities as they come.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from backbone import Encoder, PairClassifier, base_checkpoint, load_tokenizer
from entailment_task import split
from export import STOCK_SOURCE, export
from numpy.typing import NDArray
from pair_training import predict
from quantise import SCHEMES
from question_task import as_examples, figures
from shipped import load_mean
from splits import hold_out
from torch import Tensor, nn
from train_pair_model import QUESTION
from train_question_encoder import WORDED

from app.ml.encoder import OnnxEncoder
from app.ml.families import read_events
from app.ml.pair import LABELS
from app.ml.question import cosines, slot_cosines
from app.ml.question_pairs import UNKNOWN, Pair, measured_pairs
from app.ml.runtime import load_encoder

NEGATIVES_PER_POSITIVE = 5.0
"""Base rate that "same" is calibrated to: a few of a claim's nearest candidates are true counterparts."""
MAX_LENGTH = 256
MODELS = Path(__file__).resolve().parent.parent


def finish_encoder(options: argparse.Namespace) -> str:
    model = Encoder(base_checkpoint())
    load_mean(options.run, model)
    return _export(model.body, options, kind="encoder", name="question-encoder", data="question families")


def finish_pair(options: argparse.Namespace) -> str:
    model, tokenizer = PairClassifier(base_checkpoint(), labels=LABELS), load_tokenizer()
    load_mean(options.run, model)
    _, tuning = hold_out(read_events(options.data))
    slots = json.loads(options.prepared.read_text(encoding="utf-8"))["slots"]
    encoder = load_encoder(options.encoder.parent, folder=options.encoder.name, threads=2, batch_tokens=2048)
    plain, marked = measured_pairs(tuning), measured_pairs(tuning, slots=slots)
    logits = predict(model, tokenizer, as_examples(plain))[:, :QUESTION]
    for figure, value in figures(logits, plain).items():
        print(f"held-out events, whole claims: {figure} {value:.3f}")
    weight = _calibrate_question(model, logits, cosines(encoder, [(pair.left, pair.right) for pair in plain]), plain)
    _, texts = split(options.nli)
    entailment = predict(model, tokenizer, texts)[:, QUESTION:]
    wide = [index for index, item in enumerate(texts) if item.share == 1.0]  # other sets are easier than any news
    temperature = best_temperature(entailment[wide], torch.tensor([texts[index].label[0] for index in wide]))
    print(f"entailment: temperature {temperature:.4f} on {len(wide)} pairs set aside")
    _scale(model, slice(QUESTION, len(LABELS)), 1 / temperature)
    more = {"encoder": encoder.version, "cosine_weight": round(weight, 4), **slot_curves(encoder, marked)}
    kind = {"kind": "classifier", "name": "pair", "data": "question families and entailment sets"}
    return _export(model.model, options, more=more, **kind)


def slot_curves(encoder: OnnxEncoder, pairs: Sequence[Pair]) -> dict[str, list[float]]:
    """(weight, shift) of "same" over the cosine of two marked passages, and of "the answers differ" over that of the
    two answers; agreements and differences weigh the same."""
    question, answer = (torch.tensor(c) for c in slot_cosines(encoder, [(pair.left, pair.right) for pair in pairs]))
    weights, shift = fit_same(question[:, None], pairs)
    worded = [n for n, pair in enumerate(pairs) if pair.relation != UNKNOWN and pair.slot in WORDED]
    differ = torch.tensor([float(pairs[n].is_reportable) for n in worded], dtype=torch.float64)
    importance = torch.where(differ > 0, 0.5 / differ.mean(), 0.5 / (1 - differ.mean()))
    slope, middle = fit_logistic(answer[worded][:, None], differ, importance)
    return {
        "marked": [round(weights[0].item(), 4), round(shift, 4)],
        "answers": [round(slope[0].item(), 4), round(middle, 4)],
    }


def _calibrate_question(model: PairClassifier, logits: Tensor, cosine: NDArray, pairs: Sequence[Pair]) -> float:
    """Fold the scale and shift of "same" and the relation's temperature into the last layer; the weight of the question
    encoder's cosine beside it."""
    features = torch.stack([logits[:, 0].double(), torch.tensor(cosine)], dim=1)
    weights, shift = fit_same(features, pairs)
    known = torch.tensor([pair.relation != UNKNOWN for pair in pairs])
    temperature = best_temperature(logits[known, 1:], torch.tensor([pair.relation for pair in pairs])[known])
    _scale(model, slice(0, 1), weights[0].item())
    _scale(model, slice(1, QUESTION), 1 / temperature)
    with torch.no_grad():
        model.model.classifier.bias[0] += shift
    print(f"same: {weights[0]:.3f} logit + {weights[1]:.3f} cosine + {shift:.3f}; temperature {temperature:.3f}")
    return weights[1].item()


def _scale(model: PairClassifier, outputs: slice, factor: float) -> None:
    with torch.no_grad():
        model.model.classifier.weight[outputs] *= factor
        model.model.classifier.bias[outputs] *= factor


def fit_same(features: Tensor, pairs: Sequence[Pair]) -> tuple[Tensor, float]:
    """Logistic regression of "same" (weights, shift) with negatives weighted to NEGATIVES_PER_POSITIVE."""
    truth = torch.tensor([float(pair.is_same) for pair in pairs], dtype=torch.float64)
    importance = torch.where(truth > 0, 1.0, NEGATIVES_PER_POSITIVE * truth.sum() / (1 - truth).sum())
    return fit_logistic(features, truth, importance)


def fit_logistic(features: Tensor, truth: Tensor, importance: Tensor) -> tuple[Tensor, float]:
    """Logistic regression (weights, shift) of weighted examples."""
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
    parser.add_argument("head", choices=("encoder", "pair"))
    parser.add_argument("--run", type=Path, action="append", required=True, help="several: the mean of their weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="training data, for calibration")
    parser.add_argument("--prepared", type=Path, help="what prepare_pairs.py wrote")
    parser.add_argument("--nli", type=Path, help="folder of the entailment sets")
    parser.add_argument(
        "--encoder", type=Path, default=MODELS / "question-encoder", help="that the pair model is read with"
    )
    parser.add_argument("--scheme", choices=sorted(SCHEMES), default="int8")
    options = parser.parse_args()
    torch.set_num_threads(2)
    finish = {"encoder": finish_encoder, "pair": finish_pair}[options.head]
    print(finish(options))


if __name__ == "__main__":
    main()
