"""What a card says to whoever uses the data: the fields, a row, how to load it, what to cite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from selfinstruct.formats.census import Census

_MEANING = {
    "instruction": "what is to be done",
    "input": "what it is to be done to; empty where the instruction stands alone",
    "output": "the answer",
    "messages": "the dialogue, a turn each, with `role` and `content`",
    "conversations": "the dialogue, a turn each, with `from` and `value`",
    "prompt": "what is asked, instruction and input in one text",
    "completion": "the answer, as it follows on the prompt",
    "inputs": "what is asked, instruction and input in one text",
    "targets": "the answer",
    "template": "the template by which the texts were joined",
    "id": "the task's id, a digest of its content",
    "is_classification": "whether the task has few answers to choose from; false where unknown",
    "instance": "the number of the instance within its task, from 0",
    "recipe": "how the task was made",
    "teacher": "who made it, by the name of the connection",
    "model": "the model that made it",
    "difficulty": "how difficult it is, where that was asked",
    "skill": "what it asks for, where that was told",
    "agreement": "the share of sampled answers that agree with this one",
    "more": "whatever else is known, as JSON",
    "reasoning_content": "what the teacher thought before it answered",
    "thinking": "what the teacher thought before it answered",
}
_LONGEST = 400  # characters of a text of the row that is shown

_PAPERS = {
    "evolve": (
        "@misc{xu2023wizardlm,\n"
        "  title = {WizardLM: Empowering Large Language Models to Follow Complex Instructions},\n"
        "  author = {Xu, Can and Sun, Qingfeng and Zheng, Kai and Geng, Xiubo and Zhao, Pu and "
        "Feng, Jiazhan and Tao, Chongyang and Jiang, Daxin},\n"
        "  year = {2023},\n  eprint = {2304.12244},\n  archivePrefix = {arXiv}\n}"
    ),
    "self-instruct": (
        "@misc{wang2022selfinstruct,\n"
        "  title = {Self-Instruct: Aligning Language Models with Self-Generated Instructions},\n"
        "  author = {Wang, Yizhong and Kordi, Yeganeh and Mishra, Swaroop and Liu, Alisa and "
        "Smith, Noah A. and Khashabi, Daniel and Hajishirzi, Hannaneh},\n"
        "  year = {2022},\n  eprint = {2212.10560},\n  archivePrefix = {arXiv}\n}"
    ),
}


def pretty(name: str) -> str:
    """A name for people, of a file's or a folder's."""
    stem = name.partition(".")[0] or name
    return " ".join(stem.replace("-", " ").replace("_", " ").split()) or name


def features(columns: Mapping[str, str], census: Census) -> list[str]:
    """The metadata of columns and sizes, of formats whose columns are fixed."""
    if not columns:
        return []
    lines = ["dataset_info:", "  features:"]
    for name, kind in columns.items():
        lines += [f"  - name: {json.dumps(name)}", f"    dtype: {kind}"]
    lines.append("  splits:")
    for split, rows in census.rows.items():
        lines += [f"  - name: {json.dumps(split)}", f"    num_bytes: {census.bytes[split]}"]
        lines.append(f"    num_examples: {rows}")
    whole = census.bytes.total()
    return [*lines, f"  download_size: {whole}", f"  dataset_size: {whole}"]


def fields(census: Census) -> list[str]:
    """What the fields mean, and the first row."""
    if not census.sample:
        return []
    lines = ["## Fields", "", "| field | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {_MEANING.get(name, '–')} |" for name in census.sample]
    row = json.dumps(_shortened(census.sample), ensure_ascii=False)
    return [*lines, "", "The first row (long texts cut):", "", "```json", row, "```", ""]


def loading(files: Mapping[str, str], *, is_folder: bool, is_parquet: bool) -> list[str]:
    """How to load it."""
    if not files:
        return []
    if is_folder:
        call = 'load_dataset(".")  # this folder, or its name on a hub'
    else:
        kind = "parquet" if is_parquet else "json"
        call = f"load_dataset({kind!r}, data_files={json.dumps(dict(files), ensure_ascii=False)})"
    lines = ["## Loading it", "", "```python", "from datasets import load_dataset", ""]
    return [*lines, f"data = {call}", "```", ""]


def citation(census: Census) -> list[str]:
    """What to cite: how the data were made, and the sources of what was imported."""
    recipes = {recipe for (recipe, _, _) in census.origins}
    papers = [text for recipe, text in _PAPERS.items() if recipe in recipes]
    lines = [line for text in papers for line in ("The method:", "", "```bibtex", text, "```", "")]
    if census.sources:
        lines += ["Cite the sources of what was imported as they ask to be.", ""]
    return ["## Citation", "", *lines] if lines else []


def _shortened(value: Any) -> Any:
    """A value of JSON with its long texts cut."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST] + " …"
    if isinstance(value, Mapping):
        return {key: _shortened(one) for key, one in value.items()}
    return [_shortened(one) for one in value] if isinstance(value, list) else value
