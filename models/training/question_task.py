"""The pair model's task of the question: do two passages answer the same one, and how do the answers relate? Its loss,
its examples and its figures on events set aside."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import torch
from nli import Example
from pairs import Sampler, article_pairs
from torch import Tensor, nn

from app.ml.families import Event
from app.ml.metrics import recall_at_precision, roc_auc
from app.ml.passages import passage_text
from app.ml.question_pairs import RELATIONS, REPORTABLE, UNKNOWN, Pair, measured_pairs

LABELS = ("same", *RELATIONS)
RELATION_WEIGHT = 0.5
ARTICLE_SHARE = 0.10
"""Pairs of one real article, as a share of the pairs of families."""


def head_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Binary cross-entropy of the question plus cross-entropy of the relation where there is one. ``labels`` are
    (same, relation)."""
    same, relation = labels[:, 0].float(), labels[:, 1]
    loss = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], same)
    known = relation != UNKNOWN
    if known.any():
        loss = loss + RELATION_WEIGHT * nn.functional.cross_entropy(logits[known, 1:], relation[known])
    return loss


def figures(logits: Tensor, pairs: Sequence[Pair]) -> dict[str, float]:
    """AUC of the question against each kind of negative, recall at precision with negatives weighted to 1:1 and 10:1,
    AUC of a reportable relation where the question is the same, and the same question and reportable at once."""
    same = logits[:, 0].double().numpy()
    truth = [pair.is_same for pair in pairs]
    found: dict[str, float] = {"auc": roc_auc(same, truth)}
    for kind in sorted({pair.kind for pair in pairs} - {"same"}):
        chosen = [index for index, pair in enumerate(pairs) if pair.kind in ("same", kind)]
        found[f"auc_{kind}"] = roc_auc(same[chosen], [truth[index] for index in chosen])
    for ratio in (1, 10):
        recall, _ = recall_at_precision(same, truth, precision=0.90, negatives_per_positive=ratio)
        found[f"recall@p0.90 1:{ratio}"] = recall
    known = [index for index, pair in enumerate(pairs) if pair.relation != UNKNOWN]
    relation = torch.tensor([pairs[index].relation for index in known])
    odds = logits[:, 1:].softmax(dim=1)
    reportable = torch.tensor([name in REPORTABLE for name in RELATIONS])
    differ = odds[:, reportable].sum(dim=1).double().numpy()
    found["auc_differ"] = roc_auc(differ[known], reportable[relation].tolist())
    found["relation_accuracy"] = float((odds[known].argmax(dim=1) == relation).float().mean())
    conflict = [pair.is_reportable for pair in pairs]
    both = torch.sigmoid(logits[:, 0]).double().numpy() * differ
    found["auc_conflict"] = roc_auc(both, conflict)
    return found


def as_examples(pairs: Sequence[Pair]) -> list[Example]:
    return [
        Example(passage_text(pair.left), passage_text(pair.right), (int(pair.is_same), pair.relation)) for pair in pairs
    ]


def training_examples(events: Sequence[Event], prepared: dict, *, seed: int) -> list[Example]:
    """The pairs of one epoch."""
    rng = random.Random(seed)
    sampler = Sampler(events, nearest=prepared["nearest"])
    pairs = [pair for event in events for family in event.families for pair in sampler.pairs(event, family, rng)]
    pairs += article_pairs(prepared["articles"], rng, different=int(ARTICLE_SHARE * len(pairs)))
    examples = as_examples(pairs)
    return [replace(item, left=item.right, right=item.left) if rng.random() < 0.5 else item for item in examples]


def held_out_pairs(events: Sequence[Event], *, count: int, seed: int) -> list[Pair]:
    """At most ``count`` of the pairs of these events."""
    pairs = measured_pairs(events, other_per_family=20)
    return random.Random(seed).sample(pairs, min(count, len(pairs)))
