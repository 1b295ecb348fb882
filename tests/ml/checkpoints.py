"""Small checkpoints with random weights, saved as ``transformers`` saves any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tokenizers
import transformers
from tokenizers import decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, BartConfig, BertConfig, GPT2Config, PreTrainedConfig, PreTrainedTokenizerFast

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "encoder"
POSITIONS = 64


def tokenizer() -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(SHIPPED, model_max_length=POSITIONS)


def bert(folder: Path, kind: str, *, hidden: int = 32, **fields: Any) -> Path:
    sizes = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(
        vocab_size=len(tokenizer()), hidden_size=hidden, max_position_embeddings=POSITIONS, **sizes, **fields
    )
    return save(folder, kind, config)


def classifier(folder: Path, *labels: str) -> Path:
    names = dict(enumerate(labels))
    return bert(folder, "BertForSequenceClassification", id2label=names, label2id={x: n for n, x in names.items()})


def bart(folder: Path) -> Path:
    special = tokenizer()
    config = BartConfig(
        vocab_size=len(special),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=256,
        pad_token_id=special.pad_token_id,
        bos_token_id=special.cls_token_id,
        eos_token_id=special.sep_token_id,
        decoder_start_token_id=special.cls_token_id,
        forced_eos_token_id=special.sep_token_id,
    )
    return save(folder, "BartForConditionalGeneration", config)


def taught(folder: Path, article: str, summary: str) -> Path:
    """A small BART that writes ``summary`` of ``article``, and nothing else well. Its tokenizer keeps case."""
    import torch

    cased = cased_tokenizer(summary)
    config = BartConfig(
        vocab_size=len(cased), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=64, max_position_embeddings=1026, dropout=0.0,
        pad_token_id=cased.pad_token_id, bos_token_id=cased.bos_token_id, eos_token_id=cased.eos_token_id,
        decoder_start_token_id=cased.bos_token_id, forced_eos_token_id=None,
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.BartForConditionalGeneration(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    read = cased(article, return_tensors="pt", truncation=True, max_length=1024)
    labels = cased(f"{summary}</s>", return_tensors="pt").input_ids
    for _ in range(200):
        loss = model(**read, labels=labels).loss
        if loss < 0.02:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(folder)
    cased.save_pretrained(folder)
    return folder


def cased_tokenizer(text: str) -> PreTrainedTokenizerFast:
    """Byte pairs of one text, which any text can be written in."""
    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    special, alphabet = ["<pad>", "<s>", "</s>"], pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, initial_alphabet=alphabet)
    made.train_from_iterator([text], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", bos_token="<s>", eos_token="</s>")


def gpt2(folder: Path) -> Path:
    special = tokenizer()
    config = GPT2Config(
        vocab_size=len(special),
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=128,
        bos_token_id=special.cls_token_id,
        eos_token_id=special.sep_token_id,
    )
    return save(folder, "GPT2LMHeadModel", config)


def save(folder: Path, kind: str, config: PreTrainedConfig) -> Path:
    import torch

    torch.manual_seed(0)
    model = getattr(transformers, kind)(config)
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder
