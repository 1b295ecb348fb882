"""The question head: two passages are read apart by the lower layers and together by the upper ones (MacAvaney et al.
2020, "Efficient document re-ranking by precomputing term representations").

Half of the layers then run once a passage instead of once a pair, which trains on twice as many pairs in the same time.
``forward`` is the whole model over an ordinary text pair, as it is exported; training shares the lower layers' work
through ``read`` and ``judge``, which compute the same.

Shapes: B pairs or passages of a batch, T tokens padded, D = 384, N tokens of all passages without padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from pairs import RELATIONS
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedTokenizerBase

LABELS = ("same", *RELATIONS)
LOWER = 3
PASSAGE_TOKENS = 120
RUN = 16
BLOCKED = -1e4


class QuestionHead(nn.Module):
    """Logits of LABELS: output 0 is "same question" (sigmoid), outputs 1-5 the relation if it is (softmax)."""

    def __init__(self, checkpoint: Path) -> None:
        super().__init__()
        # No dropout inside: on a CPU it costs a fifth of the time.
        self.body = AutoModel.from_pretrained(
            checkpoint,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        size = self.body.config.hidden_size
        self.weigh = nn.Linear(size, 1)
        self.classifier = nn.Sequential(
            nn.Linear(3 * size, size), nn.GELU(), nn.Dropout(0.1), nn.Linear(size, len(LABELS))
        )
        nn.init.zeros_(self.weigh.weight)  # starts as the mean over tokens

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """[B, T] each, ``[CLS] left [SEP] right [SEP]`` -> logits [B, 6]."""
        real, right = attention_mask > 0, token_type_ids > 0
        at = torch.arange(input_ids.shape[1]).unsqueeze(0)
        left_length = (real & ~right).sum(dim=1, keepdim=True)
        positions = torch.where(right, at - left_length, at).clamp(min=0)
        states = self.body.embeddings(input_ids=input_ids, token_type_ids=token_type_ids, position_ids=positions)
        apart = (right.unsqueeze(1) == right.unsqueeze(2)) & real.unsqueeze(1)
        states = self._layers(states, apart, slice(0, LOWER))
        return self._judge(states, real, right)

    def read(self, tokenizer: PreTrainedTokenizerBase, passages: Sequence[str], *, right: bool) -> list[Tensor]:
        """Lower states [tokens, D] of each passage, as the left or the right side of a pair."""
        encoded = [
            tokenizer(text, truncation=True, max_length=PASSAGE_TOKENS)["input_ids"][right:] for text in passages
        ]
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
        found: list[Tensor] = [torch.empty(0)] * len(encoded)
        for start in range(0, len(order), RUN):
            run = order[start : start + RUN]
            ids = nn.utils.rnn.pad_sequence([torch.tensor(encoded[index]) for index in run], batch_first=True)
            real = ids != tokenizer.pad_token_id
            states = self.body.embeddings(input_ids=ids, token_type_ids=torch.full_like(ids, int(right)))
            states = self._layers(states, real.unsqueeze(1).expand(-1, ids.shape[1], -1), slice(0, LOWER))
            for row, index in enumerate(run):
                found[index] = states[row, : len(encoded[index])]
        return found

    def judge(self, left: Sequence[Tensor], right: Sequence[Tensor], pairs: Sequence[tuple[int, int]]) -> Tensor:
        """Logits [pairs, 6] of (index of ``left``, index of ``right``), in runs of like length."""
        lengths = [len(left[one]) + len(right[two]) for one, two in pairs]
        order = sorted(range(len(pairs)), key=lengths.__getitem__)
        logits = []
        for start in range(0, len(order), RUN):
            run = [pairs[index] for index in order[start : start + RUN]]
            states = nn.utils.rnn.pad_sequence(
                [torch.cat((left[one], right[two])) for one, two in run], batch_first=True
            )
            at = torch.arange(states.shape[1]).unsqueeze(0)
            real = at < torch.tensor([lengths[index] for index in order[start : start + RUN]]).unsqueeze(1)
            second = at >= torch.tensor([len(left[one]) for one, _ in run]).unsqueeze(1)
            logits.append(self._judge(states, real, second & real))
        return torch.cat(logits)[torch.tensor(order).argsort()]

    def _judge(self, states: Tensor, real: Tensor, right: Tensor) -> Tensor:
        states = self._layers(states, real.unsqueeze(1).expand(-1, states.shape[1], -1), slice(LOWER, None))
        scores = self.weigh(states).squeeze(-1)
        one, two = (self._pool(states, scores, side) for side in (real & ~right, right))
        return self.classifier(torch.cat(((one - two).abs(), one * two, one + two), dim=-1))

    def _pool(self, states: Tensor, scores: Tensor, side: Tensor) -> Tensor:
        weights = scores.masked_fill(~side, BLOCKED).softmax(dim=1).unsqueeze(-1)
        return (states * weights).sum(dim=1)

    def _layers(self, states: Tensor, visible: Tensor, which: slice) -> Tensor:
        """``visible`` [B, T, T]: may token i (rows) look at token j."""
        mask = torch.where(visible, 0.0, BLOCKED).unsqueeze(1)
        for layer in self.body.encoder.layer[which]:
            states = layer(states, mask)
        return states


@torch.no_grad()
def score(model: QuestionHead, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[tuple[str, str]]) -> Tensor:
    """Logits [pairs, 6] of passage pairs."""
    model.eval()
    left, right = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    lefts, rights = model.read(tokenizer, left, right=False), model.read(tokenizer, right, right=True)
    row, column = ({text: index for index, text in enumerate(side)} for side in (left, right))
    return model.judge(lefts, rights, [(row[one], column[two]) for one, two in pairs])
