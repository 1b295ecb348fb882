"""DeBERTa's attention without its gathers: the scores of a relative position are a matrix that is skewed by slicing.

What ``transformers`` computes (He et al. 2021), for less on a CPU: of 512 relative positions only those that a text of
n tokens has are scored, 2n - 1. A step on texts of a hundred tokens takes two thirds of the time.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from transformers.models.deberta_v2 import modeling_deberta_v2 as deberta


def use() -> None:
    """Every DeBERTa of ``transformers`` in this process computes its attention so."""
    deberta.DisentangledSelfAttention.forward = attend


def skew(scores: Tensor) -> Tensor:
    """[heads, n, 2n - 1], by distance from -(n - 1) up -> [heads, n, n]: row i from its own distances."""
    heads, n, width = scores.shape
    flat = scores.flatten(1)[:, n - 1 : n - 1 + n * (width - 1)]
    return flat.view(heads, n, width - 1)[:, :, :n]


def attend(
    self: nn.Module, hidden_states: Tensor, attention_mask: Tensor, *_: object, rel_embeddings: Tensor, **__: object
) -> tuple[Tensor, None]:
    """[batch, n, hidden] -> the same, as ``DisentangledSelfAttention.forward`` with both position terms and shared
    keys."""
    batch, n, _ = hidden_states.shape
    heads = self.num_attention_heads
    scale = 1 / math.sqrt(self.attention_head_size * 3)

    def split(x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2)

    query = split(self.query_proj(hidden_states)) * scale
    key = split(self.key_proj(hidden_states))
    value = split(self.value_proj(hidden_states))
    distance = torch.arange(n - 1, -n, -1)
    distance = deberta.make_log_bucket_position(distance, self.position_buckets, self.max_relative_positions).long()
    place = self.pos_dropout(rel_embeddings)[distance + self.pos_ebd_size][None]
    to_place = split(self.key_proj(place)).transpose(-1, -2)
    from_place = split(self.query_proj(place)).flip(2).transpose(-1, -2) * scale
    scores = query @ key.transpose(-1, -2)
    by_query = skew((query @ to_place).flatten(0, 1)).view(batch, heads, n, n)
    by_key = skew((key @ from_place).flatten(0, 1)).view(batch, heads, n, n).transpose(-1, -2)
    scores = scores + by_query + by_key
    scores = scores.masked_fill(~attention_mask.bool(), torch.finfo(scores.dtype).min)
    found = scores.softmax(dim=-1) @ value
    return found.transpose(1, 2).reshape(batch, n, -1), None
