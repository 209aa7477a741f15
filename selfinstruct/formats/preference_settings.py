"""What trainers are told of preference data, besides where they lie."""

from __future__ import annotations

from collections.abc import Mapping

_CHATML = "type: chatml.ultra  # of Llama 3: llama3.ultra"

LLAMA_FACTORY: Mapping[str, Mapping[str, object]] = {
    name: {
        "ranking": True,
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
    }
    for name in ("dpo", "reward")
} | {
    "kto": {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "kto_tag": "kto_tag"},
    }
}
"""Of each format what stands in an entry of ``dataset_info.json`` besides the file."""

AXOLOTL: Mapping[str, tuple[str, list[str]]] = {
    "dpo": (
        "rl: dpo",
        [
            "type: chat_template.default",
            "field_messages: messages",
            "field_chosen: chosen",
            "field_rejected: rejected",
            "message_property_mappings:",
            "  role: role",
            "  content: content",
            "roles:",
            "  user: [user]",
            "  assistant: [assistant]",
        ],
    ),
    "reward": ("reward_model: true", ["type: bradley_terry.chat_template"]),
    "kto": ("rl: kto", [_CHATML]),
}
"""Of each format the line that chooses the training, and what says how rows are read."""

TRL: Mapping[str, str] = {"dpo": "dpo", "reward": "reward", "kto": "kto"}
"""Of each format the command that reads it."""
