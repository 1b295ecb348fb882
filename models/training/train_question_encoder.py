"""Train the question encoder: sentences that answer the same question end up near each other.

Supervised contrastive loss (Khosla et al. 2020) within one event a step: anchors are all wordings of a question,
positives the other wordings whatever their answer, negatives its near misses and every sentence on the event's other
questions (and on those of its look-alike event).

    python models/training/train_question_encoder.py --data ../shared/data/claimpairs/train --out RUN
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path

import checkpoint
import torch
from augment import distractor, noisy_text
from backbone import Encoder, base_checkpoint, embed, encode_by_length, freeze_word_embeddings, load_tokenizer
from splits import hold_out, twins
from torch import Tensor

from app.ml.families import Event, Family, Sentence, read_events
from app.ml.metrics import retrieval
from app.ml.passages import CONTEXT_WORDS, SENTENCE_WORDS

SENTENCES_PER_STEP = 72
KEEP_CONTEXT, ADD_CONTEXT = 0.8, 0.1


def encoder_input(sentence: str, *, context: str = "") -> tuple[str, str] | tuple[str]:
    """What the question encoder's tokenizer gets: the sentence, or (context, sentence) as a text pair.

    The vector is the mean over the sentence's tokens only (``token_type_ids`` 1 of a pair): the context is read so
    that pronouns resolve, and is not itself embedded.
    """
    said, before = " ".join(sentence.split()[:SENTENCE_WORDS]), " ".join(context.split()[-CONTEXT_WORDS:])
    return (before, said) if before else (said,)


def training_batch(group: tuple[Event, ...], rng: random.Random) -> tuple[list[tuple[str, ...]], list[int], list[int]]:
    """Texts, their family, and their kind (0 wording, 1 near miss, 2 same fact in another form), at most
    SENTENCES_PER_STEP: families in random order, whole families only."""
    families = [(event, family) for event in group for family in event.families]
    rng.shuffle(families)
    texts: list[tuple[str, ...]] = []
    owner: list[int] = []
    kind: list[int] = []
    for index, (event, family) in enumerate(families):
        for sentence in (*family.sentences, *family.near_misses):
            texts.append(_input(sentence, family, event, rng))
            owner.append(index)
            kind.append(0 if sentence.reason is None else 2 if sentence.is_same_question else 1)
        if len(texts) >= SENTENCES_PER_STEP:
            break
    return texts, owner, kind


def _input(sentence: Sentence, family: Family, event: Event, rng: random.Random) -> tuple[str, ...]:
    text = noisy_text(sentence, family, rng)
    context = sentence.context if rng.random() < KEEP_CONTEXT else ""
    if not context and rng.random() < ADD_CONTEXT:
        context = distractor(event, family, rng)
    return encoder_input(text, context=context)


def contrastive_loss(vectors: Tensor, owner: Tensor, kind: Tensor, *, temperature: float, near_weight: float) -> Tensor:
    """Mean over anchors and their positives of -log softmax; a question's own near misses weigh ``near_weight`` times
    in the denominator, because each anchor has few of them and they are what must be told apart."""
    logits = vectors @ vectors.T / temperature
    same = owner[:, None] == owner[None, :]
    near = kind == 1
    itself = torch.eye(len(owner), dtype=torch.bool)
    positive = same & ~near[None, :] & ~itself
    weights = torch.where(same & near[None, :], math.log(near_weight), 0.0)
    weighted = (logits + weights).masked_fill(itself, float("-inf"))
    # Other positives stay out of an anchor's denominator: wordings of one question must not repel each other.
    negatives = weighted.masked_fill(positive, float("-inf")).logsumexp(dim=1, keepdim=True)
    loss = torch.logaddexp(logits, negatives) - logits
    anchors = (kind == 0) & positive.any(dim=1)
    per_anchor = (loss * positive).sum(dim=1) / positive.sum(dim=1).clamp(min=1)
    return per_anchor[anchors].mean()


def evaluate(model: Encoder, tokenizer, events: list[Event]) -> dict[str, float]:
    inputs = [
        [
            encoder_input(sentence.text, context=sentence.context)
            for family in event.families
            for sentence in (*family.sentences, *family.near_misses)
        ]
        for event in events
    ]
    return retrieval(events, [embed(model, tokenizer, texts).double().numpy() for texts in inputs])


def learning_rate(progress: float, *, peak: float, warmup: float = 0.05) -> float:
    """Linear warm-up, then linear to zero."""
    return peak * min((progress + 1e-3) / warmup, max(0.0, 1 - progress) / (1 - warmup))


def train(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    training, tuning = hold_out(read_events(options.data))
    tokenizer = load_tokenizer()
    model = Encoder(base_checkpoint())
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
        texts, owner, kind = training_batch(groups[order[place]], checkpoint.seeded(options.seed, step))
        seconds = elapsed + time.monotonic() - started
        progress = max(step / steps, seconds / 60 / options.minutes if options.minutes else 0.0)
        for setting in optimiser.param_groups:
            setting["lr"] = learning_rate(progress, peak=options.lr)
        model.train()
        vectors = encode_by_length(model, tokenizer, texts)
        loss = contrastive_loss(
            vectors,
            torch.tensor(owner),
            torch.tensor(kind),
            temperature=options.temperature,
            near_weight=options.near_weight,
        )
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        ended = step + 1 == steps or progress >= 1
        if (step + 1) % options.every == 0 or ended:
            figures = evaluate(model, tokenizer, tuning)
            score = figures["recall@5"] + figures["auc_near"]
            if score > best:
                best = score
                checkpoint.save_weights(options.out / "best.pt", model)
            seconds = elapsed + time.monotonic() - started
            checkpoint.save(options.out / "last.pt", model, optimiser, step=step + 1, best=best, elapsed=seconds)
            log = {"step": step + 1, "loss": round(loss.item(), 4), "seconds": round(seconds)}
            print(json.dumps(log | {name: round(value, 4) for name, value in figures.items()}), flush=True)
        if ended:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of question families")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints; a run there is resumed")
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
