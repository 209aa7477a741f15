"""Train a tiny, randomly initialised model for 20 steps on a chat export: does a trainer take it?

    selfinstruct export POOL --format chat -o chat.jsonl
    python examples/train_smoke.py chat.jsonl

Needs `pip install trl torch`. Nothing is downloaded: the tokenizer is made from the file itself.
The loss shown must fall; the model is good for nothing else.
"""

from __future__ import annotations

import sys
import tempfile

from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

STEPS = 20
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}> {{ message['content'] }}</s>{% endfor %}"
)


def main(path: str) -> None:
    rows = load_dataset("json", data_files=path, split="train")
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
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=512,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=model,
            train_dataset=rows,
            processing_class=tokenizer,
            args=SFTConfig(
                output_dir=folder,
                max_steps=STEPS,
                per_device_train_batch_size=8,
                learning_rate=5e-3,
                logging_steps=1,
                max_length=256,
                report_to=[],
                use_cpu=True,
                bf16=False,
                save_strategy="no",
                disable_tqdm=True,
                seed=0,
            ),
        )
        trainer.train()
        losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    print("loss by step:", " ".join(f"{loss:.2f}" for loss in losses))
    first, last = sum(losses[:3]) / 3, sum(losses[-3:]) / 3
    print(f"mean of the first three steps {first:.2f}, of the last three {last:.2f}")
    if last >= first:
        sys.exit("The loss did not fall.")


if __name__ == "__main__":
    main(sys.argv[1])
