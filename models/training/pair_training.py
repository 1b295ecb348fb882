"""The loop that trains a cross-encoder on text pairs: batches by tokens, resumable, best checkpoint kept."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import checkpoint
import torch
from backbone import MAX_TOKENS, PairClassifier
from nli import Example
from torch import Tensor
from transformers import PreTrainedTokenizerBase

WINDOW = 1500


def by_tokens(lengths: Sequence[int], *, budget: int, rng: random.Random | None) -> list[list[int]]:
    """Indices in batches of at most ``budget`` tokens, padding included. With ``rng`` the order is random and only
    windows of it are sorted by length; without, everything is sorted."""
    order = list(range(len(lengths)))
    if rng:
        rng.shuffle(order)
    batches: list[list[int]] = []
    for start in range(0, len(order), WINDOW if rng else max(1, len(order))):
        part = order[start : start + WINDOW] if rng else order
        batch: list[int] = []
        for index in sorted(part, key=lengths.__getitem__, reverse=True):
            if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
                batches.append(batch)
                batch = []
            batch.append(index)
        batches.append(batch)
    if rng:
        rng.shuffle(batches)
    return batches


def encode(tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example]) -> list[dict[str, list[int]]]:
    return [
        dict(tokenizer(item.left, item.right, truncation="longest_first", max_length=MAX_TOKENS)) for item in examples
    ]


@torch.no_grad()
def predict(
    model: PairClassifier, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], *, bf16: bool = False
) -> Tensor:
    """Logits [examples, outputs] in the order given."""
    model.eval()
    encoded = encode(tokenizer, examples)
    logits = torch.empty(len(examples), model.model.config.num_labels)
    for batch in by_tokens([len(item["input_ids"]) for item in encoded], budget=4096, rng=None):
        inputs = tokenizer.pad([encoded[index] for index in batch], return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            logits[batch] = model(**inputs).float()
    return logits


def rate(progress: float, *, peak: float, warmup: float, decay_from: float) -> float:
    """Linear warm-up, then constant, then linear to zero from ``decay_from`` (shares of the run)."""
    return peak * min(1.0, (progress + 1e-4) / warmup, max(0.0, 1 - progress) / (1 - decay_from))


def fit(
    model: PairClassifier,
    tokenizer: PreTrainedTokenizerBase,
    epochs: Sequence[Callable[[], list[Example]]],
    *,
    loss: Callable[[Tensor, Tensor], Tensor],
    evaluate: Callable[[], dict[str, float]],
    options: argparse.Namespace,
) -> None:
    """Train through ``epochs`` (each makes its examples when reached); ``evaluate()["score"]`` chooses best.pt.

    With ``--minutes`` the schedule follows the clock, so that a run ends in time on a machine with other work.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=options.lr, weight_decay=0.01, fused=True)
    state = checkpoint.load(options.out / "last.pt", model, optimiser)
    best, elapsed, begun = state.get("best", -1.0), state.get("elapsed", 0.0), time.monotonic()
    print(json.dumps({"resume": state}), flush=True)
    done, tokens = state.get("step", 0), 0
    for epoch in range(state.get("epoch", 0), len(epochs)):
        examples = epochs[epoch]()
        encoded = encode(tokenizer, examples)
        lengths = [len(item["input_ids"]) for item in encoded]
        batches = by_tokens(lengths, budget=options.tokens, rng=random.Random(options.seed + epoch))
        print(json.dumps({"epoch": epoch, "pairs": len(examples), "tokens": sum(lengths)}), flush=True)
        for step in range(done, len(batches)):
            seconds = elapsed + time.monotonic() - begun
            progress = (epoch + step / len(batches)) / len(epochs)
            if options.minutes:
                progress = max(progress, seconds / 60 / options.minutes)
            for setting in optimiser.param_groups:
                setting["lr"] = rate(progress, peak=options.lr, warmup=options.warmup, decay_from=options.decay_from)
            checkpoint.seeded(options.seed, epoch * 1_000_000 + step)
            model.train()
            batch = batches[step]
            labels = torch.tensor([examples[index].label for index in batch])
            inputs = tokenizer.pad([encoded[index] for index in batch], return_tensors="pt")
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
                logits = model(**inputs)
            value = loss(logits.float(), labels)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            tokens += sum(lengths[index] for index in batch)
            ended = progress >= 1 or (epoch + 1 == len(epochs) and step + 1 == len(batches))
            if (step + 1) % options.every == 0 or ended:
                figures = evaluate()
                seconds = elapsed + time.monotonic() - begun
                if figures["score"] > best:
                    best = figures["score"]
                    checkpoint.save_weights(options.out / "best.pt", model)
                place = {"epoch": epoch, "step": step + 1, "best": best, "elapsed": seconds}
                checkpoint.save(options.out / "last.pt", model, optimiser, **place)
                log = {"epoch": epoch, "step": step + 1, "of": len(batches), "loss": value.item(), "seconds": seconds}
                log |= {"tokens_per_second": tokens / (seconds - elapsed)} | figures
                print(json.dumps({name: round(number, 4) for name, number in log.items()}), flush=True)
            if ended:
                return
        done = 0


def add_options(parser: argparse.ArgumentParser, *, lr: float, tokens: int) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints; a run there is resumed")
    parser.add_argument("--lr", type=float, default=lr)
    parser.add_argument("--tokens", type=int, default=tokens, help="tokens a batch, padding included")
    parser.add_argument("--bf16", action="store_true", help="forward in bfloat16; weights and loss stay fp32")
    parser.add_argument("--minutes", type=float, help="end by the clock: the schedule is fitted to it")
    parser.add_argument("--warmup", type=float, default=0.03)
    parser.add_argument("--decay-from", type=float, default=0.0)
    parser.add_argument("--every", type=int, default=500, help="steps between evaluations and checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
