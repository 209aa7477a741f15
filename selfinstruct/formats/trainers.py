"""Settings that trainers need to read an export."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from selfinstruct.errors import SettingsError
from selfinstruct.extensions import Registry
from selfinstruct.formats import preference_settings
from selfinstruct.formats.preferences import PREFERENCES

Files = Mapping[str, str]
TRAIN = "train"


def _llama_factory(kind: str, files: Files, field: str) -> str:
    del field  # it reads thoughts from tags alone; see config
    columns: dict[str, object]
    if kind == "alpaca":
        columns = {"prompt": "instruction", "query": "input", "response": "output"}
        extra: dict[str, object] = {"formatting": "alpaca", "columns": columns}
    elif kind == "chat":
        tags = {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        }
        extra = {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": tags}
    elif kind == "sharegpt":
        extra = {"formatting": "sharegpt", "columns": {"messages": "conversations"}}
    elif kind in PREFERENCES:
        extra = dict(preference_settings.LLAMA_FACTORY[kind])
    else:
        columns = {"prompt": "prompt", "response": "completion"}
        extra = {"formatting": "alpaca", "columns": columns}
    entries = {_stem(path): {"file_name": path} | extra for path in files.values()}
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _axolotl(kind: str, files: Files, field: str) -> str:
    shapes = {
        "alpaca": ["type: alpaca"],
        "chat": ["type: chat_template", "field_messages: messages"],
        "sharegpt": [
            "type: chat_template",
            "field_messages: conversations",
            "message_property_mappings:",
            "  role: from",
            "  content: value",
            "roles:",
            "  user: [human]",
            "  assistant: [gpt]",
        ],
        "completion": [
            "type:",
            "  field_instruction: prompt",
            "  field_output: completion",
            '  format: "{instruction}"',
            '  no_input_format: "{instruction}"',
        ],
    }
    lines: list[str] = []
    if kind in PREFERENCES:
        chosen, shapes[kind] = preference_settings.AXOLOTL[kind]
        lines.append(chosen)
    for split, path in sorted(files.items(), key=lambda one: one[0] != TRAIN):
        if split == TRAIN:
            lines.append("datasets:")
        elif "test_datasets:" not in lines:
            lines.append("test_datasets:")
        shown = json.dumps(path, ensure_ascii=False)
        lines += [f"  - path: {shown}", "    ds_type: json", "    split: train"]
        lines += [f"    {line}" for line in shapes[kind]]
        if field and kind in {"chat", "sharegpt"}:
            lines += [f"    field_thinking: {field}", f"    template_thinking_key: {field}"]
    return "\n".join(lines) + "\n"


def _trl(kind: str, files: Files, field: str) -> str:
    del field  # trl knows it, as all columns, by its name
    verb = preference_settings.TRL.get(kind, "sft")
    lines = [
        f"# trl {verb} --config this-file --model_name_or_path MODEL --output_dir OUT",
        "datasets:",
        "  - path: json",
        "    data_files:",
    ]
    if len(files) > 1:
        lines.insert(
            1, "# It trains on the split train; the others are for evaluation of your own."
        )
    shown = {split: json.dumps(path, ensure_ascii=False) for split, path in files.items()}
    lines += [f"      {json.dumps(split)}: {path}" for split, path in shown.items()]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Trainer:
    """A trainer that an export can be told to.

    Attributes:
        name: As in ``--config-for``.
        file: What its file of settings is called.
        formats: The formats that it reads.
        write: Makes the settings, of the format, of each split's file, and of the field of
            thoughts or "".
        thoughts: What it calls the field of thoughts.
        reads_thoughts: Of which formats it reads that field.
    """

    name: str
    file: str
    formats: tuple[str, ...]
    write: Callable[[str, Files, str], str]
    thoughts: str = "reasoning_content"
    reads_thoughts: frozenset[str] = frozenset()


_USUAL = ("alpaca", "chat", "sharegpt", "completion")
_DIALOGUES = frozenset({"chat", "sharegpt"})
_PREFERENCES = ("dpo", "reward", "kto")
_TRAINERS: Registry[Trainer] = Registry(
    "selfinstruct.trainers",
    Trainer,
    (
        Trainer("llama-factory", "dataset_info.json", (*_USUAL, *_PREFERENCES), _llama_factory),
        Trainer(
            "axolotl",
            "axolotl.yml",
            (*_USUAL, *_PREFERENCES),
            _axolotl,
            reads_thoughts=_DIALOGUES,
        ),
        Trainer(
            "trl",
            "trl.yml",
            ("chat", "completion", *_PREFERENCES),
            _trl,
            thoughts="thinking",
            reads_thoughts=_DIALOGUES,
        ),
    ),
)


def register_trainer(trainer: Trainer) -> None:
    """Make a trainer known under its name."""
    _TRAINERS.add(trainer)


def thoughts_field(trainer: str | None) -> str:
    """What ``trainer`` calls the field of thoughts."""
    found = _TRAINERS.get(trainer) if trainer else None
    return found.thoughts if found else "reasoning_content"


def config(trainer: str, kind: str, files: Files, field: str = "") -> tuple[str, str]:
    """The name and the content of the settings by which ``trainer`` reads an export.

    Args:
        trainer: Its name.
        kind: The export's format.
        files: Of each split the path of its file, as the trainer shall see it.
        field: The field of thoughts, where the export has one.

    Raises:
        SettingsError: There is no such trainer, or it does not read the format.
    """
    found = _TRAINERS.get(trainer)
    if found is None:
        raise SettingsError(f"--config-for {trainer}: use {', '.join(_TRAINERS.names())}.")
    if kind not in found.formats:
        # What is made of a comparison is no way to write a pool, nor the other way round.
        like = [name for name in found.formats if (name in PREFERENCES) == (kind in PREFERENCES)]
        raise SettingsError(
            f"--config-for {trainer}: reads no {kind}; export as {', '.join(like)}."
        )
    if TRAIN not in files:
        raise SettingsError(f"--config-for {trainer}: no split is called {TRAIN!r}; see --split.")
    if any(path.endswith(".gz") for path in files.values()):
        raise SettingsError(f"--config-for {trainer}: trainers read no .gz; name another file.")
    if field and kind not in found.reads_thoughts:
        raise SettingsError(
            f"--config-for {trainer}: reads thoughts of {kind} from no field. Export with "
            "--reasoning tags."
        )
    return found.file, found.write(kind, files, field)


def _stem(path: str) -> str:
    return PurePath(path).name.split(".json", 1)[0].replace(".", "_")
