"""The tables of the model cards, measured through the same classes that serve: ``claimline models eval``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from app.domain.ports import Encoder, EntailmentModel, WorthinessModel
from app.domain.thresholds import logit
from app.domain.values import Claim, QuestionJudgement
from app.ml.families import Event
from app.ml.labelled import CONTRADICTION, ENTAILMENT, NEUTRAL, NOT_ENTAILMENT, LabelledPair
from app.ml.metrics import (
    Bools,
    Floats,
    average_precision,
    expected_calibration_error,
    f1_score,
    recall_at_precision,
    retrieval,
    roc_auc,
)
from app.ml.question import cosines
from app.ml.question_pairs import RELATIONS, REPORTABLE, UNKNOWN, Pair, Slots, measured_pairs
from app.ml.runtime import Models

RATIOS = (1, 4, 10)
"""Negatives for each positive that precision is stated for."""
Row = tuple[object, ...]


def entailment_table(model: EntailmentModel, sets: Mapping[str, Sequence[LabelledPair]]) -> str:
    """One row for each set: accuracy (of entailment against the rest where the set is two-way), expected calibration
    error, and how many of 1,000 pairs that are no contradiction are called one."""
    head = ("set", "pairs", "accuracy", "calibration error", "false contradictions per 1,000")
    return _table(head, [(name, *_entailment_row(model, pairs)) for name, pairs in sets.items()])


def _entailment_row(model: EntailmentModel, pairs: Sequence[LabelledPair]) -> Row:
    judged = model.judge([(pair.premise, pair.hypothesis) for pair in pairs])
    odds = np.array([(each.entailment, each.neutral, each.contradiction) for each in judged])
    labels, found = np.array([pair.label for pair in pairs]), odds.argmax(axis=1)
    innocent = found[(labels == ENTAILMENT) | (labels == NEUTRAL)]
    if NOT_ENTAILMENT in labels:
        labels, found = labels != ENTAILMENT, odds[:, ENTAILMENT] <= 0.5
        odds = np.column_stack([odds[:, ENTAILMENT], 1 - odds[:, ENTAILMENT]])
    right = (found == labels).astype(float)
    false = f"{1000 * (innocent == CONTRADICTION).mean():.1f}" if len(innocent) else "-"
    return f"{len(pairs):,}", right.mean(), expected_calibration_error(odds.max(axis=1), right), false


def worthiness_table(model: WorthinessModel, claims: Sequence[Claim], labels: Sequence[bool], *, name: str) -> str:
    """Ranking, decision and calibration of one set of labelled claims."""
    scores, truth = np.array(model.score(claims)), np.array(labels, dtype=bool)
    chosen = scores >= 0.5
    figures = (
        average_precision(scores, labels),
        f1_score(chosen, truth),
        (chosen == truth).mean(),
        roc_auc(scores, labels),
        expected_calibration_error(scores, truth.astype(float), bins=10),
    )
    head = ("set", "claims", "average precision", "F1 at 0.5", "accuracy", "ROC-AUC", "calibration error")
    return _table(head, [(name, f"{len(labels):,}", *figures)])


def question_tables(models: Models, events: Sequence[Event], *, slots: Mapping[str, Slots]) -> Iterator[str]:
    """How the encoders rank same-question sentences, and how pairs of passages are told apart: as whole claims by the
    pair model, alone and with the question encoder, then about marked slots by the question encoder alone. ``slots``
    are those of each sentence, by its text."""
    yield retrieval_table({"question encoder": models.question_encoder, "encoder": models.encoder}, events)
    for name, pairs, judge in (
        ("pairs", measured_pairs(events), models.question.judge),
        ("marked pairs", measured_pairs(events, slots=slots), models.question.compare),
    ):
        passages = [(pair.left, pair.right) for pair in pairs]
        judged = judge(passages)
        scores = {
            "as shipped": np.array([each.same for each in judged]),
            "question encoder, cosine": cosines(models.question_encoder, passages),
            "encoder, cosine": cosines(models.encoder, passages),
            "entailment, not neutral": _not_neutral(models.entailment, pairs),
        }
        if name == "pairs":  # of marked ones it is the judge
            scores["with the question encoder's"] = _both(judged, models.question.compare(passages))
        yield f"{len(pairs):,} {name}: the same question\n\n{same_table(scores, pairs)}"
        same = np.array([pair.is_same for pair in pairs], dtype=float)
        error = expected_calibration_error(scores["as shipped"], same)
        yield f"{name}: expected calibration error of same, as the pairs come: {error:.3f}"
        yield f"{name}: the relation\n\n{relation_table(judged, pairs)}"
        yield f"{name}: the same question and a reportable difference\n\n{conflict_table(judged, scores, pairs)}"


def retrieval_table(encoders: Mapping[str, Encoder], events: Sequence[Event]) -> str:
    texts = [[each.text for family in event.families for each in family.all_sentences] for event in events]
    rows = [
        (name, *retrieval(events, [np.array(encoder.encode(of_event)) for of_event in texts]).values())
        for name, encoder in encoders.items()
    ]
    return _table(("encoder", "recall@5", "recall@10", "ROC-AUC near misses", "ROC-AUC other families"), rows)


def same_table(scores: Mapping[str, Floats], pairs: Sequence[Pair]) -> str:
    """ROC-AUC of "same question" against all pairs and each kind of negative, and recall at two precisions."""
    truth = [pair.is_same for pair in pairs]
    kinds = sorted({pair.kind for pair in pairs} - {"same"})
    wanted = [(ratio, precision) for ratio in RATIOS for precision in (0.90, 0.95)]
    head = ("score", "AUC", *(f"AUC {kind}" for kind in kinds), *(f"recall at P {p:.2f}, 1:{r}" for r, p in wanted))
    rows: list[Row] = []
    for name, values in scores.items():
        of_kinds = []
        for kind in kinds:
            chosen = [index for index, pair in enumerate(pairs) if pair.kind in ("same", kind)]
            of_kinds.append(roc_auc(values[chosen], [truth[index] for index in chosen]))
        recalls = [
            recall_at_precision(values, truth, precision=precision, negatives_per_positive=ratio)[0]
            for ratio, precision in wanted
        ]
        rows.append((name, roc_auc(values, truth), *of_kinds, *recalls))
    return _table(head, rows)


def relation_table(judged: Sequence[QuestionJudgement], pairs: Sequence[Pair]) -> str:
    """Given the same question: how often each relation is called reportable, and the ROC-AUC for each kind of slot."""
    known = [index for index, pair in enumerate(pairs) if pair.relation != UNKNOWN]
    differ = np.array([judged[index].differ for index in known])
    relation = np.array([RELATIONS[pairs[index].relation] for index in known])
    slot = np.array([pairs[index].slot for index in known])
    reportable = np.isin(relation, sorted(REPORTABLE))
    called = [(name, int((relation == name).sum()), _share(differ[relation == name] > 0.5)) for name in RELATIONS]
    names = ("all", *sorted(set(slot.tolist())))
    areas = [(name, _area(differ, reportable, (slot == name) | (name == "all"))) for name in names]
    calls = _table(("relation", "pairs", "called reportable"), called)
    return f"{calls}\n\n{_table(('slot', 'ROC-AUC reportable against not'), areas)}"


def conflict_table(judged: Sequence[QuestionJudgement], scores: Mapping[str, Floats], pairs: Sequence[Pair]) -> str:
    """Reportable pairs against everything else, agreeing and compatible answers included."""
    truth = [pair.is_reportable for pair in pairs]
    differ = np.array([each.differ for each in judged])
    rows: list[Row] = []
    for name, values in (("same x differ", scores["as shipped"] * differ), *scores.items()):
        recall, _ = recall_at_precision(values, truth, precision=0.90, negatives_per_positive=None)
        rows.append((name, roc_auc(values, truth), recall))
    return _table(("score", "ROC-AUC", "recall at P 0.90, as the pairs come"), rows)


def _share(chosen: Bools) -> object:
    return chosen.mean() if len(chosen) else "-"


def _area(values: Floats, truth: Bools, chosen: Bools) -> object:
    return roc_auc(values[chosen], truth[chosen].tolist()) if len(set(truth[chosen].tolist())) == 2 else "-"


def _both(one: Sequence[QuestionJudgement], other: Sequence[QuestionJudgement]) -> Floats:
    """That two passages answer one question, by two judges: their log odds added."""
    return np.array([logit(x.same) + logit(y.same) for x, y in zip(one, other, strict=True)])


def _not_neutral(model: EntailmentModel, pairs: Sequence[Pair]) -> Floats:
    """How surely one sentence says something on what the other one says, whichever is the premise."""
    texts = [(pair.left.text, pair.right.text) for pair in pairs]
    forward, backward = model.judge(texts), model.judge([(two, one) for one, two in texts])
    return np.array([1 - min(a.neutral, b.neutral) for a, b in zip(forward, backward, strict=True)])


def _table(head: Sequence[str], rows: Sequence[Row]) -> str:
    """Markdown; floats to three places."""
    cells = [[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in (head, *cells)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])
