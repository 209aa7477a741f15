"""Preference data as files: settings, damage, hostile texts, and who loads them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml
from comparisons import TIE, comparison_of, pair, prompt
from conftest import environment
from pools import pool_of, task
from preferring import ADD, FOUR, assistant, export, program, rows, user

import selfinstruct as si
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.formats.preferences import PREFERENCES

__all__ = ["export", "program"]  # fixtures


def test_settings_for_trainers_fit_the_files(program, tmp_path):
    comparison_of(tmp_path / "c", [pair(f"Say {n}.", "a", "b") for n in range(30)])

    def made(trainer, form, name):
        out = f"{trainer}-{form}/x.jsonl"
        more = ["--format", form, "--config-for", trainer, "--split", "train=0.5,test=0.5"]
        program("export", "c", "-o", out, *more, check=0)
        row = rows(tmp_path / f"{trainer}-{form}/x.train.jsonl")[0]
        return (tmp_path / f"{trainer}-{form}" / name).read_text(), set(row)

    for form in ("dpo", "reward", "kto"):
        text, columns = made("llama-factory", form, "dataset_info.json")
        entry = json.loads(text)["x_train"]
        assert entry.get("ranking", False) is (form != "kto")
        assert set(entry["columns"].values()) <= columns
        config = yaml.safe_load(made("axolotl", form, "axolotl.yml")[0])
        assert config.get("rl") == (None if form == "reward" else form)
        assert bool(config.get("reward_model")) is (form == "reward")
        assert config["datasets"][0]["path"] == "x.train.jsonl"
        assert config["test_datasets"][0]["type"] == config["datasets"][0]["type"]
        text, _ = made("trl", form, "trl.yml")
        assert text.startswith(f"# trl {form} --config")
        assert set(yaml.safe_load(text)["datasets"][0]["data_files"]) == {"train", "test"}
    for form in ("ranking", "openai-dpo"):
        with pytest.raises(SettingsError, match=f"reads no {form}; export as dpo, reward, kto"):
            si.export(tmp_path / "c", tmp_path / "z.jsonl", format=form, config_for="axolotl")


def test_folders_and_formats_that_do_not_go_together(program, tmp_path):
    comparison_of(tmp_path / "c", [ADD])
    pool_of(tmp_path / "p", [task("Add.", ("1 2", "3"))])
    comparison_of(tmp_path / "j", [], kind="judge")

    def said(folder, form):
        return program("export", folder, "--format", form, "-o", "x.jsonl", check=2).stderr

    assert "c: is a comparison, which is exported as dpo, reward, kto" in said("c", "alpaca")
    assert "c: is a comparison" in said("c", "parq")
    assert "p: is a pool, and dpo is made of a comparison" in said("p", "dpo")
    assert "j: is a folder of judge, and kto is made of" in said("j", "kto")
    assert "none: is no comparison, and dpo is made of" in said("none", "dpo")
    assert "of a comparison, dpo, reward" in said("p", "parq")


@pytest.mark.parametrize(
    "more",
    [
        {"where": "language=en"},
        {"judgements": "x"},
        {"min_agreement": 0.5},
        {"max_instances": 2},
        {"include_seeds": True},
        {"system": "x"},
        {"reasoning": "tags"},
        {"answers": "all"},
        {"templates": "x.toml"},
        {"seed": 3},
    ],
    ids=str,
)
def test_options_of_pools_are_refused(tmp_path, more):
    comparison_of(tmp_path / "c", [ADD])
    (name,) = more
    with pytest.raises(SettingsError, match=f"--{name.replace('_', '-')} says nothing to a comp"):
        si.export(tmp_path / "c", tmp_path / "x.jsonl", format="dpo", **more)


def test_pairs_say_nothing_to_whole_rankings_and_pools(tmp_path):
    comparison_of(tmp_path / "c", [ADD])
    pool_of(tmp_path / "p", [task("Add.", ("1 2", "3"))])
    for folder, form in (("c", "kto"), ("c", "ranking"), ("p", "alpaca")):
        with pytest.raises(SettingsError, match=f"--pairs says nothing to the format {form}"):
            si.export(tmp_path / folder, tmp_path / "x", format=form, pairs="best-worst")
    with pytest.raises(SettingsError, match="pairs"):
        si.export(tmp_path / "c", tmp_path / "x", format="dpo", pairs="some")


def test_a_comparison_without_a_preference_leaves_nothing(program, tmp_path):
    comparison_of(tmp_path / "c", [prompt("Tie?", "a", "b", **TIE)])
    done = program("export", "c", "--format", "dpo", "-o", "out/x.jsonl", check=2)
    assert "c: holds no preference (1 ties)" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_nothing_is_written_into_the_comparison(program, tmp_path):
    comparison_of(tmp_path / "c", [ADD])
    for goal in ("c/x.jsonl", "c/items.jsonl"):
        done = program("export", "c", "--format", "dpo", "-o", goal, "--force", check=2)
        assert "lies in the comparison" in done.stderr
    assert len(rows(tmp_path / "c/items.jsonl")) == 1


def test_damage_is_named_with_its_place(tmp_path):
    def said(change):
        item, judged = (json.loads(json.dumps(part)) for part in ADD)
        change(item, judged)
        comparison_of(tmp_path / "c", [ADD, (item, judged)])
        with pytest.raises(PoolError) as caught:
            si.export(tmp_path / "c", tmp_path / "x.jsonl", format="dpo")
        return str(caught.value)

    assert "judgements.jsonl:2: ranks" in said(lambda _, judged: judged.update(ranks="x"))
    assert "items.jsonl:2: instruction" in said(lambda item, _: item.pop("instruction"))
    assert "items.jsonl:2: there is no text 'item'" in said(lambda item, _: item.update(item=3))
    for changed in ({"ranks": [1.0]}, {"answers": []}, {"ranks": None}, {"scores": [[1]]}):
        assert "was judged with other answers" in said(lambda _, j, c=changed: j.update(c))
    assert "lacks prompt_x, which was judged" in said(lambda _, j: j.update(item="prompt_x"))
    (tmp_path / "c/items.jsonl").write_text("{]\n")
    with pytest.raises(PoolError, match=r"items\.jsonl"):
        si.export(tmp_path / "c", tmp_path / "x.jsonl", format="dpo")
    comparison_of(tmp_path / "c", [ADD], format=9)
    with pytest.raises(PoolError, match="format 9 is not known"):
        si.export(tmp_path / "c", tmp_path / "x.jsonl", format="dpo")


TEXTS = [
    "a\x1b]0;PWN\x07b",
    "a[bold red]b",
    "a\r\nb",
    "a\u202eb",
    "a\ud800b",
    "|\n# x",
    "{x}",
    "---",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_texts_stay_what_they_are_and_are_obeyed_nowhere(program, tmp_path, text):
    comparison_of(
        tmp_path / "c",
        [pair(f"Say {text}", f"worse {text}", f"better {text}")],
        **dict.fromkeys(("model", "rubric", "teacher", "language"), text),
        contestants=[text, "tuned"],
    )
    done = program("export", "c", "--format", "reward", "-o", "x.jsonl", check=0)
    assert not set("\x1b\u202e\ud800") & set(done.stdout + done.stderr)
    carried = text.encode("utf-8", "replace").decode()
    (row,) = rows(tmp_path / "x.jsonl")
    assert row["chosen"] == [user(f"Say {carried}"), assistant(f"better {carried}")]
    card = (tmp_path / "x.jsonl.README.md").read_text(encoding="utf-8")
    assert yaml.safe_load(card.split("\n---\n")[0].removeprefix("---"))["language"]
    assert "\n# x |" not in card


LOADED = """
import json, sys
import datasets
said = {}
for name in sys.argv[2:]:
    rows = datasets.load_dataset("json", data_files=f"{sys.argv[1]}/{name}.jsonl")["train"]
    kinds = {column: str(kind) for column, kind in rows.features.items()}
    said[name] = [len(rows), sorted(rows.column_names), kinds]
print(json.dumps(said))
"""
COLUMNS = {
    "dpo": ["chosen", "margin", "prompt", "ranking", "rejected"],
    "reward": ["chosen", "margin", "ranking", "rejected"],
    "kto": ["completion", "label", "prompt"],
    "openai-dpo": ["input", "non_preferred_output", "preferred_output"],
    "ranking": ["answers", "prompt"],
}


@pytest.mark.slow
def test_datasets_loads_each_export_with_its_columns(program, tmp_path):
    pytest.importorskip("datasets")
    assert set(COLUMNS) == set(PREFERENCES)
    prompts = [FOUR, *(pair(f"Say {n}.", "a", "b") for n in range(10))]
    comparison_of(tmp_path / "c", prompts)
    for form in COLUMNS:
        program("export", "c", "--format", form, "-o", f"out/{form}.jsonl", check=0)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, tmp_path / "out", *COLUMNS],
        env=environment({"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}),
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)
    assert {name: found[1] for name, found in said.items()} == COLUMNS
    assert {name: found[0] for name, found in said.items()} == {
        "dpo": 15,
        "reward": 15,
        "kto": 22,
        "openai-dpo": 15,
        "ranking": 11,
    }
    assert said["dpo"][2]["margin"] == "Value('float64')"
    assert said["kto"][2]["label"] == "Value('bool')"
