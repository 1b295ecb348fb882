"""Any checkpoint of ``transformers`` behind the ports, on CPU or GPU: what ``claimline[torch]`` adds.

This module and ``checkpoint`` alone import torch; they are imported when a setting asks for them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
)

from app.domain.ports import Vector
from app.domain.values import Entailment
from app.metrics import MODEL_SECONDS
from app.ml.checkpoint import Checkpoint, Choice, Source, find
from app.ml.encoder import VectorMemory
from app.ml.inference import encodable

LONGEST_SENTENCE = 512
LONGEST_ARTICLE = 1024
LONGEST_SUMMARY = 200
"""Tokens that are read of a sentence or pair and of an article, and written of a summary."""
_PROMPT = (
    "Summarise this news article in at most {sentences} plain sentences. Add nothing that it does not say.\n\n{text}"
)
_STEMS = {"entailment": "entail", "neutral": "neutral", "contradiction": "contradict"}
"""How a checkpoint's names of the three labels begin; in the order of ``Entailment``."""


class HubEncoder:
    """``ports.Encoder``: an encoder's last states, the mean over a text's own tokens or, where the checkpoint says so,
    that of its first, L2-normalised."""

    def __init__(self, choice: Choice, *, dimensions: int, threads: int, batch_tokens: int) -> None:
        """Raises ConfigurationError when the checkpoint is no encoder of ``dimensions`` dimensions."""
        source = find(choice)
        if getattr(source.config, "is_encoder_decoder", False):
            raise choice.error("an encoder is needed, not a model that writes")
        if source.config.hidden_size != dimensions:
            raise choice.error(f"its vectors have {source.config.hidden_size} dimensions, the store's {dimensions}")
        self._takes_first = _takes_first(source)
        self._checkpoint = Checkpoint(source, AutoModel, threads=threads, longest=LONGEST_SENTENCE)
        self._batch_tokens = batch_tokens
        self._memory = VectorMemory(self._encode)
        self.version, self.dimensions = source.version, dimensions

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """A unit vector for each text; text beyond the model's length is not read."""
        return self._memory.encode(texts)

    def _encode(self, texts: Sequence[str]) -> list[Vector]:
        vectors: list[Vector] = [[] for _ in texts]
        for batch, inputs in self._checkpoint.batches(texts, batch_tokens=self._batch_tokens):
            hidden = self._checkpoint.forward(inputs).last_hidden_state.float()
            mask = inputs["attention_mask"].unsqueeze(-1)
            means = (hidden * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
            unit = torch.nn.functional.normalize(hidden[:, 0] if self._takes_first else means, dim=-1)
            for index, vector in zip(batch.indices, unit.tolist(), strict=True):
                vectors[index] = vector
        return vectors


class HubEntailment:
    """``ports.EntailmentModel``: a sequence classifier whose ``id2label`` names the three labels, in any order."""

    def __init__(self, choice: Choice, *, threads: int, batch_tokens: int) -> None:
        """Raises ConfigurationError when the labels are not entailment, neutral and contradiction."""
        source = find(choice)
        order = label_order(source.config.id2label)
        if order is None:
            named = ", ".join(str(label) for label in source.config.id2label.values())
            raise choice.error(f"its labels must be {', '.join(_STEMS)}, in any order, not {named}")
        self._order = order
        self._checkpoint = Checkpoint(
            source, AutoModelForSequenceClassification, threads=threads, longest=LONGEST_SENTENCE
        )
        self._batch_tokens = batch_tokens
        self.version = source.version

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        """The checkpoint's own probabilities for each (premise, hypothesis)."""
        judged: dict[int, Entailment] = {}
        premises, hypotheses = [premise for premise, _ in pairs], [hypothesis for _, hypothesis in pairs]
        for batch, inputs in self._checkpoint.batches(premises, pairs=hypotheses, batch_tokens=self._batch_tokens):
            odds = self._checkpoint.forward(inputs).logits.double()[:, self._order].softmax(dim=-1)
            judged |= {index: Entailment(*row) for index, row in zip(batch.indices, odds.tolist(), strict=True)}
        return [judged[index] for index in range(len(pairs))]


class HubSummariser:
    """``ports.Summariser``: a sequence-to-sequence model, or a causal one that is asked in words. Greedy or by beams,
    as the checkpoint says, never by chance."""

    def __init__(self, choice: Choice, *, sentences: int, threads: int) -> None:
        """``sentences`` is what a causal model is asked for. Raises ConfigurationError when the checkpoint cannot
        write."""
        source = find(choice)
        self._is_causal = not getattr(source.config, "is_encoder_decoder", False)
        kind = AutoModelForCausalLM if self._is_causal else AutoModelForSeq2SeqLM
        self._checkpoint = Checkpoint(source, kind, threads=threads, longest=LONGEST_ARTICLE)
        self._sentences = sentences
        self._turn = threading.Lock()  # one article's cache at a time; and tokenizers do not cut at two lengths at once
        self.version = source.version

    def write(self, text: str, /) -> str:
        """A summary of the article, or of its first part where it is longer than the model reads."""
        with self._turn:
            return self._write(text)

    def _write(self, text: str) -> str:
        inputs = self._inputs(encodable(text)).to(self._checkpoint.device)
        length = inputs["input_ids"].shape[1]
        with MODEL_SECONDS.labels(self._checkpoint.role, "generate").time(), torch.inference_mode():
            written = self._checkpoint.model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                max_new_tokens=self._room(length),
                do_sample=False,
                pad_token_id=self._checkpoint.tokenizer.pad_token_id,
            )[0]
        if self._is_causal:
            written = written[length:]
        summary: str = self._checkpoint.tokenizer.decode(written, skip_special_tokens=True)
        return summary.strip()

    def _room(self, length: int) -> int:
        """Tokens to write after ``length`` that were read; a causal model's window holds both."""
        return (
            max(1, min(LONGEST_SUMMARY, self._checkpoint.max_tokens - length)) if self._is_causal else LONGEST_SUMMARY
        )

    def _inputs(self, text: str) -> Any:
        tokenizer = self._checkpoint.tokenizer
        if not self._is_causal:
            tasks = getattr(self._checkpoint.config, "task_specific_params", None) or {}
            prefix = tasks.get("summarization", {}).get("prefix", "")
            return tokenizer(
                prefix + text, truncation=True, max_length=self._checkpoint.max_tokens, return_tensors="pt"
            )
        window, taken = self._checkpoint.max_tokens, len(tokenizer(self._framed(""))["input_ids"])
        room = max(1, window - min(LONGEST_SUMMARY, window // 4) - taken)
        cut = tokenizer(text, add_special_tokens=False, truncation=True, max_length=room)["input_ids"]
        return tokenizer(
            self._framed(tokenizer.decode(cut)), add_special_tokens=not tokenizer.chat_template, return_tensors="pt"
        )

    def _framed(self, text: str) -> str:
        """The article with what is asked about it, in the checkpoint's own chat form if it has one."""
        tokenizer = self._checkpoint.tokenizer
        asked = _PROMPT.format(sentences=self._sentences, text=text)
        if not tokenizer.chat_template:
            return f"{asked}\n\nSummary:"
        turns = [{"role": "user", "content": asked}]
        chat: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        return chat


def _takes_first(source: Source) -> bool:
    """Is a text's vector the state of its first token, not the mean of all? Raises ConfigurationError when it is to be
    something else."""
    said = source.pooling
    flags = [name.removeprefix("pooling_mode_") for name, value in said.items() if value is True]
    modes = said.get("pooling_mode") or [flag for flag in flags if flag != "include_prompt"] or "mean"
    for chosen, names in ((False, ("mean", "mean_tokens")), (True, ("cls", "cls_token"))):
        if modes in names or modes in [[name] for name in names]:
            return chosen
    raise source.choice.error(f"its vectors are to be made by {modes}: only the mean and the first token are known")


def label_order(id2label: dict[int, str]) -> list[int] | None:
    """Where a classifier's outputs have entailment, neutral and contradiction, or None when they have not just these.

    Names count by their stem, in any case: "ENTAILMENT", "entailed" and "contradictory" are known, "LABEL_0" is not.
    """
    places = [
        [int(place) for place, label in id2label.items() if str(label).casefold().startswith(stem)]
        for stem in _STEMS.values()
    ]
    if len(id2label) != len(_STEMS) or any(len(each) != 1 for each in places):
        return None
    return [each[0] for each in places]
