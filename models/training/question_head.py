"""The question head: two passages are read apart, as the question encoder reads them, and then together.

The logit of "same question" is the cosine of the two question vectors, scaled, plus what the last layers find with both
passages in view. It so starts as good as the question encoder and learns only what one vector a passage cannot hold.
Reading apart runs once a passage instead of once a pair (MacAvaney et al. 2020, "Efficient document re-ranking by
precomputing term representations"), which trains on more pairs in the same time.

``forward`` is the whole model over an ordinary text pair, as it is exported; ``read`` and ``judge`` share the work on
passages that stand in several pairs and compute the same.

Shapes: B pairs or passages of a batch, T tokens padded, D = 384.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from pairs import RELATIONS
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedTokenizerBase

LABELS = ("same", *RELATIONS)
LOWER = 4
"""Layers below read each passage apart; those above are used twice: apart for the question vector, and together."""
PASSAGE_TOKENS = 120
RUN = 16
BLOCKED = -1e4
SEPARATOR_TOKEN = 1064  # "|" in the base's vocabulary
COSINE_SCALE, COSINE_SHIFT = 8.0, -4.0


@dataclass(frozen=True, slots=True)
class Read:
    """One passage read apart: ``states`` [tokens, D] after LOWER layers, ``vector`` [D] its unit question vector."""

    states: Tensor
    vector: Tensor


class QuestionHead(nn.Module):
    """Logits of LABELS: output 0 is "same question" (sigmoid), outputs 1-5 the relation if it is (softmax)."""

    def __init__(self, checkpoint: Path) -> None:
        super().__init__()
        # No dropout inside: on a CPU it costs a fifth of the time.
        self.body = AutoModel.from_pretrained(
            checkpoint, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        size = self.body.config.hidden_size
        types = self.body.embeddings.token_type_embeddings.weight
        self.second = nn.Parameter((types[1] - types[0]).detach().clone())
        self.weigh = nn.Linear(size, 1)
        self.classifier = nn.Sequential(
            nn.Linear(3 * size, size), nn.GELU(), nn.Dropout(0.1), nn.Linear(size, len(LABELS))
        )
        self.cosine = nn.Parameter(torch.tensor([COSINE_SCALE, COSINE_SHIFT]))
        nn.init.zeros_(self.weigh.weight)  # starts as the mean over tokens
        nn.init.zeros_(self.classifier[-1].weight)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """[B, T] each, ``[CLS] left [SEP] right [SEP]`` -> logits [B, 6]."""
        real, right = attention_mask > 0, token_type_ids > 0
        left = real & ~right
        at = torch.arange(input_ids.shape[1]).unsqueeze(0)
        positions = torch.where(right, at - left.sum(dim=1, keepdim=True), at)
        states = self.body.embeddings(
            input_ids=input_ids, token_type_ids=torch.zeros_like(input_ids), position_ids=positions.clamp(min=0)
        )
        apart = (right.unsqueeze(1) == right.unsqueeze(2)) & real.unsqueeze(1)
        states = self._layers(states, apart, slice(0, LOWER))
        final = self._layers(states, apart, slice(LOWER, None))
        vectors = [_question_vector(final, input_ids, side) for side in (left, right & real)]
        return self._judge(states, real, right & real, *vectors)

    def read(self, tokenizer: PreTrainedTokenizerBase, passages: Sequence[str], *, right: bool) -> list[Read]:
        """Each passage read apart, as the left or the right side of a pair (only the left one opens with [CLS])."""
        encoded = tokenizer(list(passages), truncation=True, max_length=PASSAGE_TOKENS)["input_ids"]
        encoded = [ids[right:] for ids in encoded]
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
        found: dict[int, Read] = {}
        for start in range(0, len(order), RUN):
            run = order[start : start + RUN]
            ids = nn.utils.rnn.pad_sequence([torch.tensor(encoded[index]) for index in run], batch_first=True)
            real = ids != tokenizer.pad_token_id
            visible = real.unsqueeze(1).expand(-1, ids.shape[1], -1)
            states = self.body.embeddings(input_ids=ids, token_type_ids=torch.zeros_like(ids))
            states = self._layers(states, visible, slice(0, LOWER))
            vectors = _question_vector(self._layers(states, visible, slice(LOWER, None)), ids, real)
            for row, index in enumerate(run):
                found[index] = Read(states[row, : len(encoded[index])], vectors[row])
        return [found[index] for index in range(len(encoded))]

    def judge(self, left: Sequence[Read], right: Sequence[Read], pairs: Sequence[tuple[int, int]]) -> Tensor:
        """Logits [pairs, 6] of (index of ``left``, index of ``right``), in runs of like length."""
        both = [(left[one], right[two]) for one, two in pairs]
        lengths = torch.tensor([len(one.states) + len(two.states) for one, two in both])
        order = lengths.argsort().tolist()
        logits = []
        for start in range(0, len(order), RUN):
            run = [both[index] for index in order[start : start + RUN]]
            states = nn.utils.rnn.pad_sequence([torch.cat((one.states, two.states)) for one, two in run], True)
            at = torch.arange(states.shape[1]).unsqueeze(0)
            real = at < lengths[order[start : start + RUN]].unsqueeze(1)
            second = real & (at >= torch.tensor([len(one.states) for one, _ in run]).unsqueeze(1))
            vectors = [torch.stack([pair[side].vector for pair in run]) for side in (0, 1)]
            logits.append(self._judge(states, real, second, *vectors))
        return torch.cat(logits)[torch.tensor(order).argsort()]

    def _judge(self, states: Tensor, real: Tensor, right: Tensor, one: Tensor, two: Tensor) -> Tensor:
        """Logits from the lower states of both passages and their question vectors ``one`` and ``two`` [B, D]."""
        states = states + right.unsqueeze(-1).to(states.dtype) * self.second
        states = self._layers(states, real.unsqueeze(1).expand(-1, states.shape[1], -1), slice(LOWER, None))
        scores = self.weigh(states).squeeze(-1)
        u, v = (_weighted(states, scores, side) for side in (real & ~right, right))
        logits = self.classifier(torch.cat(((u - v).abs(), u * v, u + v), dim=-1))
        near = self.cosine[0] * (one * two).sum(dim=-1, keepdim=True) + self.cosine[1]
        return torch.cat((logits[:, :1] + near, logits[:, 1:]), dim=-1)

    def _layers(self, states: Tensor, visible: Tensor, which: slice) -> Tensor:
        """``visible`` [B, T, T]: may token i (rows) look at token j."""
        mask = torch.where(visible, 0.0, BLOCKED).unsqueeze(1)
        for layer in self.body.encoder.layer[which]:
            states = layer(states, mask)
        return states


def _weighted(states: Tensor, scores: Tensor, side: Tensor) -> Tensor:
    weights = scores.masked_fill(~side, BLOCKED).softmax(dim=1).unsqueeze(-1)
    return (states * weights).sum(dim=1)


def _question_vector(states: Tensor, input_ids: Tensor, side: Tensor) -> Tensor:
    """Unit mean [B, D] over the tokens of one side's sentence: what follows its last separator."""
    bars = ((input_ids == SEPARATOR_TOKEN) & side).long()
    sentence = side & (bars.cumsum(dim=1) == bars.sum(dim=1, keepdim=True)) & (bars == 0)
    weights = sentence.unsqueeze(-1).to(states.dtype)
    return nn.functional.normalize((states * weights).sum(dim=1), dim=-1)


@torch.no_grad()
def score(model: QuestionHead, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[tuple[str, str]]) -> Tensor:
    """Logits [pairs, 6] of passage pairs."""
    model.eval()
    left, right = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    lefts, rights = model.read(tokenizer, left, right=False), model.read(tokenizer, right, right=True)
    row, column = ({text: index for index, text in enumerate(side)} for side in (left, right))
    return model.judge(lefts, rights, [(row[one], column[two]) for one, two in pairs])
