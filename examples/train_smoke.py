"""Train a tiny, randomly initialised model for 20 steps on a chat export: does a trainer take it?

    selfinstruct export POOL --format chat -o chat.jsonl
    python examples/train_smoke.py chat.jsonl [dpo.jsonl] [reward.jsonl] [kto.jsonl]

Needs `pip install trl torch`. Nothing is downloaded: the tokenizer is made from the file itself.
The loss shown must fall; the model is good for nothing else. Files of preferences, known by their
columns, go through a step of TRL's trainer for them.
"""

from __future__ import annotations

import math
import sys
import tempfile

from datasets import Dataset, load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
    Trainer,
)
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

try:
    from trl import KTOConfig, KTOTrainer
except ImportError:  # where it stands since TRL 1.0
    from trl.experimental.kto import KTOConfig, KTOTrainer

STEPS = 20
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}> {{ message['content'] }}</s>{% endfor %}"
)


USUAL = {
    "per_device_train_batch_size": 8,
    "logging_steps": 1,
    "report_to": [],
    "use_cpu": True,
    "bf16": False,
    "save_strategy": "no",
    "disable_tqdm": True,
    "seed": 0,
    "max_length": 256,
}


def made_tokenizer(rows: Dataset) -> PreTrainedTokenizerFast:
    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel()
    texts = (turn["content"] for row in rows for turn in row["messages"])
    special = ["<unk>", "</s>", "<pad>"]
    words.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=1000, special_tokens=special, show_progress=False)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def shape(tokenizer: PreTrainedTokenizerFast, **more: int) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=512,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **more,
    )


def losses_of(trainer: Trainer) -> list[float]:
    trainer.train()
    return [row["loss"] for row in trainer.state.log_history if "loss" in row]


def tune(rows: Dataset, tokenizer: PreTrainedTokenizerFast, folder: str) -> None:
    losses = losses_of(
        SFTTrainer(
            model=LlamaForCausalLM(shape(tokenizer)),
            train_dataset=rows,
            processing_class=tokenizer,
            args=SFTConfig(output_dir=folder, max_steps=STEPS, learning_rate=5e-3, **USUAL),
        )
    )
    print("loss by step:", " ".join(f"{loss:.2f}" for loss in losses))
    first, last = sum(losses[:3]) / 3, sum(losses[-3:]) / 3
    print(f"mean of the first three steps {first:.2f}, of the last three {last:.2f}")
    if last >= first:
        sys.exit("The loss did not fall.")


def prefer(path: str, tokenizer: PreTrainedTokenizerFast, folder: str) -> None:
    rows = load_dataset("json", data_files=path, split="train")
    columns = set(rows.column_names)
    if {"chosen", "prompt"} <= columns or "label" in columns:
        trainer, args = (KTOTrainer, KTOConfig) if "label" in columns else (DPOTrainer, DPOConfig)
        model = LlamaForCausalLM(shape(tokenizer))
        more = {"ref_model": LlamaForCausalLM(shape(tokenizer))}
    else:
        trainer, args = RewardTrainer, RewardConfig
        model, more = LlamaForSequenceClassification(shape(tokenizer, num_labels=1)), {}
    job = trainer(
        model=model,
        train_dataset=rows,
        processing_class=tokenizer,
        args=args(output_dir=folder, max_steps=1, learning_rate=1e-3, **USUAL),
        **more,
    )
    taken = len(job.train_dataset)
    (loss,) = losses_of(job)
    print(f"{trainer.__name__}: {len(rows)} rows, {taken} taken, loss {loss:.2f}")
    if not taken or not math.isfinite(loss):
        sys.exit(f"{path}: nothing to learn from.")


def main(path: str, *preferences: str) -> None:
    rows = load_dataset("json", data_files=path, split="train")
    tokenizer = made_tokenizer(rows)
    with tempfile.TemporaryDirectory() as folder:
        tune(rows, tokenizer, folder)
        for other in preferences:
            prefer(other, tokenizer, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
