"""Serve the models of a folder on this machine, as an OpenAI-compatible server does.

    python serve.py FOLDER URL_FILE

A request names the model by its subfolder. Answers are greedy, one request at a time. The address
is written to URL_FILE once it listens. A toy: vLLM or llama.cpp serve real ones.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar


class Model:
    """One model, and how it answers."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder).eval()
        self.room = self.model.config.max_position_embeddings

    def answer(self, messages: list[dict[str, str]], most: int) -> dict[str, Any]:
        """What it says to ``messages``, in at most so many tokens, and why it ended."""
        text = self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        most = min(most, self.room - 1)
        asked = self.tokenizer(text, return_tensors="pt")["input_ids"][:, -(self.room - most) :]
        with torch.no_grad():
            whole = self.model.generate(
                asked,
                attention_mask=torch.ones_like(asked),
                max_new_tokens=most,
                do_sample=False,
                no_repeat_ngram_size=3,  # tiny models go in circles otherwise
            )
        said = whole[0, asked.shape[1] :].tolist()
        ended = self.tokenizer.eos_token_id in said
        return {
            "text": self.tokenizer.decode(said, skip_special_tokens=True),
            "finish_reason": "stop" if ended else "length",
            "usage": {"prompt_tokens": asked.shape[1], "completion_tokens": len(said)},
        }


class Handler(BaseHTTPRequestHandler):
    """Answers requests; ``models`` are those that there are."""

    models: dict[str, Model]

    def do_GET(self) -> None:
        """List the models."""
        self.reply(200, {"object": "list", "data": [{"id": name} for name in self.models]})

    def do_POST(self) -> None:
        """Answer a chat."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = self.models.get(body["model"])
        if not self.path.endswith("/chat/completions") or model is None:
            self.reply(404, {"error": {"message": "no such model or endpoint"}})
            return
        most = body.get("max_tokens") or body.get("max_completion_tokens") or 96
        said = model.answer(body["messages"], most)
        message = {"role": "assistant", "content": said["text"]}
        choice = {"index": 0, "message": message, "finish_reason": said["finish_reason"]}
        self.reply(
            200,
            {
                "id": "circle",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [choice],
                "usage": said["usage"],
            },
        )

    def reply(self, status: int, row: dict[str, Any]) -> None:
        """Send ``row``."""
        data = json.dumps(row).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def main(folder: str, url_file: str) -> None:
    disable_progress_bar()
    Handler.models = {path.name: Model(path) for path in Path(folder).iterdir()}
    HTTPServer.request_queue_size = 64
    server = HTTPServer(("127.0.0.1", 0), Handler)
    part = Path(f"{url_file}.part")  # whoever waits for the file finds it whole
    part.write_text(f"http://127.0.0.1:{server.server_port}/v1", encoding="utf-8")
    part.replace(url_file)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
