"""Train the question encoder: sentences that answer the same question end up near each other.

Supervised contrastive loss (Khosla et al. 2020) within one event a step: anchors are all wordings of a question,
positives the other wordings whatever their answer, negatives its near misses and every sentence on the event's other
questions (and on those of its look-alike event).

    python models/training/train_question_encoder.py --data ../shared/data/claimpairs/train --out RUN \
        --prepared prepared.json [--start models/question-encoder]

A part of the wordings is marked at its answer (``app/ml/passages.py``), and some stand a second time, marked at
something else that they tell: to every other sentence of the step that is another question. So one vector says which
question a sentence answers, or a slot of it. The states between the marks make a second vector, of the answer: near
those of the same answer to the question, far from those of another. ``prepared.json`` is what ``prepare_pairs.py``
writes; ``--start`` goes on from a shipped model.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import checkpoint
import torch
from augment import can_swap, jitter_digits, with_answer_of
from backbone import Encoder, base_checkpoint, embed, encode_by_length, freeze_word_embeddings, load_tokenizer
from shipped import shipped_weights
from splits import hold_out, twins
from torch import Tensor

from app.domain.values import Passage
from app.ml.families import Event, Family, Sentence, read_events
from app.ml.metrics import retrieval, roc_auc
from app.ml.passages import passage_text
from app.ml.question_pairs import (
    REPORTABLE,
    UNKNOWN,
    Range,
    Slots,
    answer_slot,
    can_mark,
    measured_pairs,
    other_slots,
)

PASSAGES_PER_STEP = 88
MARKED, OTHER_SLOT = 0.7, 0.6
SLOT_KINDS = ("quantity", "date", "place", "identity")
WORDED = ("place", "identity", "cause")
"""Kinds of answers that only a model can compare."""
SCALE, MIDDLE = 8.0, 0.6
"""Steepness and middle of the logistic curve over the cosine of two answers."""
ANSWER_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """One passage of a step. ``kind``: 0 wording, 1 near miss or another slot, 2 same fact in another form.
    ``position``: the answer that is marked, None when none is, or none that is known."""

    text: str
    family: Family
    kind: int
    position: int | None = None


def training_batch(group: tuple[Event, ...], slots: Mapping[str, Slots], rng: random.Random) -> list[Item]:
    """At most about PASSAGES_PER_STEP: families in random order, whole families only."""
    families = [family for event in group for family in event.families]
    rng.shuffle(families)
    items: list[Item] = []
    for family in families:
        for sentence in (*family.sentences, *family.near_misses):
            items += _passages(sentence, family, slots, rng)
        if len(items) >= PASSAGES_PER_STEP:
            break
    return items


def _passages(sentence: Sentence, family: Family, known: Mapping[str, Slots], rng: random.Random) -> Iterator[Item]:
    """A wording with noise, marked at its answer or not; and, now and then, marked at another slot."""
    kind = 0 if sentence.reason is None else 2 if sentence.is_same_question else 1
    slots = known.get(sentence.text, {})
    answer = answer_slot(sentence, family.slot, slots, as_annotated=rng.random() > 0.85)
    text, position, draw = sentence.text, sentence.position, rng.random()
    if draw < 0.2:
        text = jitter_digits(text, rng)  # as long as before: slots stay where they are
        position = position if text == sentence.text else None
    elif draw < 0.4 and sentence.position is not None and can_swap(family):
        swapped = with_answer_of(sentence, rng.choice(family.sentences))
        if swapped and swapped.span:
            at = swapped.text.find(swapped.span)
            text, answer, slots = swapped.text, (at, at + len(swapped.span)) if at >= 0 else None, {}
            position = swapped.position
    is_marked = answer is not None and can_mark(family.slot) and rng.random() < MARKED
    yield Item(marked_text(text, answer if is_marked else None), family, kind, position if is_marked else None)
    if sentence.position is not None and can_mark(family.slot) and text == sentence.text and rng.random() < OTHER_SLOT:
        others = [slot for name in SLOT_KINDS for slot in other_slots(sentence, name, slots)]
        if others:
            yield Item(marked_text(text, rng.choice(others)), family, 1)


def marked_text(text: str, slot: Range | None) -> str:
    return passage_text(Passage(text, "", None, None, slot))


def contrastive_loss(vectors: Tensor, owner: Tensor, kind: Tensor, *, temperature: float, near_weight: float) -> Tensor:
    """Mean over anchors and their positives of -log softmax; a question's own near misses weigh ``near_weight`` times
    in the denominator, because each anchor has few of them and they are what must be told apart."""
    logits = vectors @ vectors.T / temperature
    same = owner[:, None] == owner[None, :]
    near = kind == 1
    itself = torch.eye(len(owner), dtype=torch.bool)
    positive = same & ~near[None, :] & ~near[:, None] & ~itself
    weights = torch.where(same & near[None, :], math.log(near_weight), 0.0)
    weighted = (logits + weights).masked_fill(itself, float("-inf"))
    # Other positives stay out of an anchor's denominator: wordings of one question must not repel each other.
    negatives = weighted.masked_fill(positive, float("-inf")).logsumexp(dim=1, keepdim=True)
    loss = torch.logaddexp(logits, negatives) - logits
    anchors = (kind == 0) & positive.any(dim=1)
    per_anchor = (loss * positive).sum(dim=1) / positive.sum(dim=1).clamp(min=1)
    return per_anchor[anchors].mean()


def evaluate(model: Encoder, tokenizer, events: list[Event], slots: Mapping[str, Slots]) -> dict[str, float]:
    """Retrieval by the sentences as they stand, and AUC of the question with answers marked."""
    inputs = [
        [(marked_text(s.text, None),) for family in event.families for s in (*family.sentences, *family.near_misses)]
        for event in events
    ]
    found = retrieval(events, [embed(model, tokenizer, texts)[:, 0].double().numpy() for texts in inputs])
    pairs = [pair for pair in measured_pairs(events, other_per_family=10, slots=slots) if pair.left.slot]
    texts = sorted({passage_text(replace(side, context="")) for pair in pairs for side in (pair.left, pair.right)})
    vectors = dict(zip(texts, embed(model, tokenizer, [(text,) for text in texts]), strict=True))
    both = [
        (vectors[passage_text(replace(x.left, context=""))] * vectors[passage_text(replace(x.right, context=""))]).sum(
            dim=1
        )
        for x in pairs
    ]
    scores = [float(each[0]) for each in both]
    for slot in WORDED:
        chosen = [n for n, x in enumerate(pairs) if x.slot == slot and x.relation != UNKNOWN]
        apart = [-float(both[n][1]) for n in chosen]
        found[f"answer_auc_{slot}"] = roc_auc(apart, [pairs[n].is_reportable for n in chosen])
    for kind in sorted({pair.kind for pair in pairs} - {"same"}):
        chosen = [n for n, pair in enumerate(pairs) if pair.kind in ("same", kind)]
        found[f"marked_auc_{kind}"] = roc_auc([scores[n] for n in chosen], [pairs[n].is_same for n in chosen])
    return found


def answer_loss(vectors: Tensor, items: Sequence[Item]) -> Tensor:
    """Logistic loss of "the same answer" by the cosine of two answers to one question that no comparator reads."""
    pairs = list(answer_pairs(items))
    if not pairs:
        return vectors.sum() * 0.0
    one, two, same = (torch.tensor(column) for column in zip(*pairs, strict=True))
    cosine = (vectors[one] * vectors[two]).sum(dim=1)
    return torch.nn.functional.binary_cross_entropy_with_logits(SCALE * (cosine - MIDDLE), same)


def answer_pairs(items: Sequence[Item]) -> Iterator[tuple[int, int, float]]:
    """Places of two marked answers to one question, and 1.0 when they agree, 0.0 when an editor would report them."""
    for (i, one), (j, two) in combinations(enumerate(items), 2):
        if one.family is two.family and one.family.slot in WORDED and None not in (one.position, two.position):
            relation = one.family.relation(one.position, two.position)
            if relation == "agree" or relation in REPORTABLE:
                yield i, j, float(relation == "agree")


def learning_rate(progress: float, *, peak: float, warmup: float = 0.05) -> float:
    """Linear warm-up, then linear to zero."""
    return peak * min((progress + 1e-3) / warmup, max(0.0, 1 - progress) / (1 - warmup))


def train(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    training, tuning = hold_out(read_events(options.data))
    slots = json.loads(options.prepared.read_text(encoding="utf-8"))["slots"]
    tokenizer = load_tokenizer()
    model = Encoder(base_checkpoint())
    if options.start:
        model.load_state_dict(shipped_weights(options.start, prefix="body."))
    freeze_word_embeddings(model.body)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=options.lr, weight_decay=0.01)
    groups = twins(training)
    steps = options.epochs * len(groups)
    state = checkpoint.load(options.out / "last.pt", model, optimiser)
    best, elapsed, started = state.get("best", -1.0), state.get("elapsed", 0.0), time.monotonic()
    print(json.dumps({"train": len(training), "tune": len(tuning), "steps": steps, "resume": state}), flush=True)
    for step in range(state.get("step", 0), steps):
        epoch, place = divmod(step, len(groups))
        order = random.Random(options.seed + epoch).sample(range(len(groups)), len(groups))
        items = training_batch(groups[order[place]], slots, checkpoint.seeded(options.seed, step))
        families = {id(item.family): number for number, item in enumerate(items)}
        seconds = elapsed + time.monotonic() - started
        progress = max(step / steps, seconds / 60 / options.minutes if options.minutes else 0.0)
        for setting in optimiser.param_groups:
            setting["lr"] = learning_rate(progress, peak=options.lr)
        model.train()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            vectors = encode_by_length(model, tokenizer, [(item.text,) for item in items])
        vectors = torch.nn.functional.normalize(vectors.float(), dim=-1)
        question = contrastive_loss(
            vectors[:, 0],
            torch.tensor([families[id(item.family)] for item in items]),
            torch.tensor([item.kind for item in items]),
            temperature=options.temperature,
            near_weight=options.near_weight,
        )
        answer = answer_loss(vectors[:, 1], items)
        loss = question + ANSWER_WEIGHT * answer
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        ended = step + 1 == steps or progress >= 1
        if (step + 1) % options.every == 0 or ended:
            figures = evaluate(model, tokenizer, tuning, slots)
            score = figures["recall@5"] + figures["auc_near"] + figures["marked_auc_near"]
            if score > best:
                best = score
                checkpoint.save_weights(options.out / "best.pt", model)
            seconds = elapsed + time.monotonic() - started
            checkpoint.save(options.out / "last.pt", model, optimiser, step=step + 1, best=best, elapsed=seconds)
            log = {"step": step + 1, "loss": round(question.item(), 4), "answer_loss": round(answer.item(), 4)}
            log |= {"seconds": round(seconds)}
            print(json.dumps(log | {name: round(value, 4) for name, value in figures.items()}), flush=True)
        if ended:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of question families")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints; a run there is resumed")
    parser.add_argument("--prepared", type=Path, required=True, help="what prepare_pairs.py wrote")
    parser.add_argument("--start", type=Path, help="folder of a shipped question encoder to go on from")
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16, weights in fp32")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", type=float, default=6e-5)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--near-weight", type=float, default=3.0)
    parser.add_argument("--every", type=int, default=160, help="steps between evaluations and checkpoints")
    parser.add_argument("--minutes", type=float, help="end by the clock: the schedule is fitted to it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
