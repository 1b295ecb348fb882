"""Train the question head: do two passages answer the same question, and how do the answers relate?

    python models/training/train_question_head.py --data ../shared/data/claimpairs/train --out RUN \
        --encoder ENCODER_RUN/best.pt

The body starts from the question encoder's weights, which also choose the hard negatives. What the first run reached is
in the question encoder's card: nothing of it is shipped yet.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import checkpoint
import torch
from backbone import Encoder, base_checkpoint, embed, freeze_word_embeddings, load_tokenizer
from claimpairs import Event, Family, hold_out, read_events, twins
from metrics import recall_at_precision, roc_auc
from pairs import RELATIONS, REPORTABLE, UNKNOWN, Mention, Pair, Step, measured_pairs, mentions, training_step
from passages import encoder_input
from question_head import QuestionHead, score
from torch import Tensor, nn
from train_question_encoder import learning_rate

NEIGHBOURS = 12
FAMILIES_PER_STEP = 3
RELATION_WEIGHT = 0.6
NEW_LAYERS_RATE = 5.0


def head_loss(logits: Tensor, labels: Sequence[tuple[int, int, int, int]]) -> Tensor:
    """Binary cross-entropy of the question plus cross-entropy of the relation where there is one."""
    same = torch.tensor([float(label[2]) for label in labels])
    relation = torch.tensor([label[3] for label in labels])
    loss = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], same)
    known = relation != UNKNOWN
    if known.any():
        loss = loss + RELATION_WEIGHT * nn.functional.cross_entropy(logits[known, 1:], relation[known])
    return loss


def neighbours(groups: Sequence[tuple[Event, ...]], weights: Path, cache: Path) -> dict[str, list[Mention]]:
    """For each sentence the mentions of its event (and look-alike) that the question encoder ranks nearest. Computed
    once a run and kept in ``cache``."""
    everything = {item.sentence.text: item for group in groups for event in group for item in mentions(event)}
    if not cache.exists():
        tokenizer, model = load_tokenizer(), Encoder(base_checkpoint())
        checkpoint.load_weights(weights, model)
        found: dict[str, list[str]] = {}
        for group in groups:
            own = [item for event in group for item in mentions(event)]
            vectors = embed(model, tokenizer, [encoder_input(item.sentence.text) for item in own])
            ranked = (vectors @ vectors.T).fill_diagonal_(-1).topk(min(2 * NEIGHBOURS, len(own) - 1)).indices
            for item, row in zip(own, ranked.tolist(), strict=True):
                apart = [own[index].sentence.text for index in row if own[index].family is not item.family]
                found[item.sentence.text] = apart[:NEIGHBOURS]
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(found), encoding="utf-8")
    stored = json.loads(cache.read_text(encoding="utf-8"))
    return {text: [everything[other] for other in others] for text, others in stored.items()}


def schedule(events: Sequence[Event], rng: random.Random) -> list[tuple[Event, Sequence[Family]]]:
    """One epoch: every family once, a few of one event to a step, in random order."""
    parts: list[tuple[Event, Sequence[Family]]] = []
    for event in events:
        families = rng.sample(event.families, len(event.families))
        parts += [(event, families[at : at + FAMILIES_PER_STEP]) for at in range(0, len(families), FAMILIES_PER_STEP)]
    rng.shuffle(parts)
    return parts


def figures(logits: Tensor, pairs: Sequence[Pair]) -> dict[str, float]:
    """AUC of the question against each kind of negative, recall at precision with negatives weighted to 1:1 and 10:1,
    and AUC and accuracy of the relation where the question is the same."""
    same = logits[:, 0].double().numpy()
    truth = [pair.same for pair in pairs]
    found: dict[str, float] = {"auc": roc_auc(same, truth)}
    for kind in ("near", "other"):
        chosen = [index for index, pair in enumerate(pairs) if pair.kind in ("same", kind)]
        found[f"auc_{kind}"] = roc_auc(same[chosen], [truth[index] for index in chosen])
    for precision in (0.90, 0.95):
        for ratio in (1, 10):
            recall, _ = recall_at_precision(same, truth, precision=precision, negatives_per_positive=ratio)
            found[f"recall@p{precision:.2f} 1:{ratio}"] = recall
    known = [index for index, pair in enumerate(pairs) if pair.relation != UNKNOWN]
    relation = torch.tensor([pairs[index].relation for index in known])
    odds = logits[known, 1:].softmax(dim=1)
    reportable = torch.tensor([name in REPORTABLE for name in RELATIONS])
    differ = odds[:, reportable].sum(dim=1)
    found["auc_differ"] = roc_auc(differ.double().numpy(), reportable[relation].tolist())
    found["relation_accuracy"] = float((odds.argmax(dim=1) == relation).float().mean())
    return found


def load_head(encoder: Path) -> QuestionHead:
    """A new head on the question encoder's layers."""
    model = QuestionHead(base_checkpoint())
    state = torch.load(encoder, map_location="cpu", weights_only=True)
    model.load_state_dict(state, strict=False)
    return model


def train(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    training, tuning = hold_out(read_events(options.data))
    tokenizer, model = load_tokenizer(), load_head(options.encoder)
    freeze_word_embeddings(model.body)
    body = [parameter for parameter in model.body.parameters() if parameter.requires_grad]
    new = [*model.weigh.parameters(), *model.classifier.parameters()]
    optimiser = torch.optim.AdamW([{"params": body}, {"params": new}], lr=options.lr, weight_decay=0.01, fused=True)
    held = measured_pairs(tuning, other_per_family=20)
    held = random.Random(options.seed).sample(held, min(options.measured, len(held)))
    nearest = neighbours(twins(training), options.encoder, options.out / "neighbours.json")
    steps = [
        part for epoch in range(options.epochs) for part in schedule(training, random.Random(options.seed + epoch))
    ]
    state = checkpoint.load(options.out / "last.pt", model, optimiser)
    best, elapsed, started = state.get("best", -1.0), state.get("elapsed", 0.0), time.monotonic()
    print(json.dumps({"train": len(training), "tune": len(tuning), "steps": len(steps), "resume": state}), flush=True)
    for step in range(state.get("step", 0), len(steps)):
        seconds = elapsed + time.monotonic() - started
        progress = max(step / len(steps), seconds / 60 / options.minutes if options.minutes else 0.0)
        for setting, factor in zip(optimiser.param_groups, (1.0, NEW_LAYERS_RATE), strict=True):
            setting["lr"] = factor * learning_rate(progress, peak=options.lr)
        loss = _learn(model, tokenizer, training_step(*steps[step], nearest, checkpoint.seeded(options.seed, step)))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *new], 1.0)
        optimiser.step()
        ended = step + 1 == len(steps) or progress >= 1
        if (step + 1) % options.every == 0 or ended:
            found = figures(score(model, tokenizer, [(pair.left, pair.right) for pair in held]), held)
            total = found["auc"] + found["auc_near"] + found["auc_differ"]
            if total > best:
                best = total
                checkpoint.save_weights(options.out / "best.pt", model)
            seconds = elapsed + time.monotonic() - started
            checkpoint.save(options.out / "last.pt", model, optimiser, step=step + 1, best=best, elapsed=seconds)
            log = {"step": step + 1, "loss": loss.item(), "seconds": seconds} | found
            print(json.dumps({name: round(value, 4) for name, value in log.items()}), flush=True)
        if ended:
            return


def _learn(model: QuestionHead, tokenizer, step: Step) -> Tensor:
    model.train()
    left, right = model.read(tokenizer, step.left, right=False), model.read(tokenizer, step.right, right=True)
    logits = model.judge(left, right, [label[:2] for label in step.labels])
    return head_loss(logits, step.labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of question families")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints; a run there is resumed")
    parser.add_argument("--encoder", type=Path, required=True, help="weights of the trained question encoder")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--minutes", type=float, help="end by the clock: the schedule is fitted to it")
    parser.add_argument("--every", type=int, default=120, help="steps between evaluations and checkpoints")
    parser.add_argument("--measured", type=int, default=2000, help="held-out pairs per evaluation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
