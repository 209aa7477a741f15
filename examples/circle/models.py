"""Make two tiny models: a base that has read some plain text, and the same tuned on a chat export.

    python models.py seeds.jsonl chat.train.jsonl FOLDER

Needs `pip install torch trl`. Nothing is downloaded: the tokenizer is made from the seed tasks, the
weights are drawn at random. FOLDER/base and FOLDER/tuned can be loaded by transformers.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from datasets import Dataset, disable_progress_bars
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokenizers.decoders import ByteLevel
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    PrinterCallback,
    set_seed,
)
from transformers.utils.logging import disable_progress_bar
from trl import SFTConfig, SFTTrainer

STEPS = int(os.environ.get("STEPS", "300"))
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def lines_of(seeds: str) -> Iterator[str]:
    """Each line of each text apart: a base that never met an end would never end."""
    for line in Path(seeds).read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        texts = [task["instruction"]]
        texts += [case[part] for case in task["instances"] for part in ("input", "output")]
        yield from filter(str.strip, "\n".join(texts).splitlines())


def made_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = ByteLevel()
    special = ["<unk>", "</s>", "<pad>", "<system>", "<user>", "<assistant>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    words.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=2000, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def trained(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    rows: Dataset,
    folder: Path,
    batch: int,
) -> LlamaForCausalLM:
    trainer = SFTTrainer(
        model=model,
        train_dataset=rows,
        processing_class=tokenizer,
        args=SFTConfig(
            output_dir=str(folder),
            max_steps=STEPS,
            per_device_train_batch_size=batch,
            learning_rate=2e-3,
            max_length=192,
            logging_steps=max(1, STEPS // 6),
            report_to=[],
            use_cpu=True,
            bf16=False,
            save_strategy="no",
            disable_tqdm=True,
            seed=0,
        ),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    print(f"{folder.name}: loss in {STEPS} steps", " ".join(f"{loss:.2f}" for loss in losses))
    trainer.model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return trainer.model


def main(seeds: str, chats: str, folder: str) -> None:
    set_seed(0)
    disable_progress_bars()
    disable_progress_bar()
    texts = list(lines_of(seeds))
    tokenizer = made_tokenizer(texts)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=512,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    print(f"{sum(one.numel() for one in model.parameters()):,} weights")
    base = trained(model, tokenizer, Dataset.from_dict({"text": texts}), Path(folder) / "base", 32)
    lines = Path(chats).read_text(encoding="utf-8").splitlines()
    rows = Dataset.from_list([{"messages": json.loads(line)["messages"]} for line in lines])
    trained(base, tokenizer, rows, Path(folder) / "tuned", 12)


if __name__ == "__main__":
    main(*sys.argv[1:])
