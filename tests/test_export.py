"""Exporting as a user does: what is taken, where it goes, what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import PROGRAM, environment
from hypothesis import given, settings
from hypothesis import strategies as st
from pools import pool_of, task

from selfinstruct.errors import SettingsError
from selfinstruct.formats.conditions import Condition
from selfinstruct.formats.selecting import Splits
from selfinstruct.tasks import Instance


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools") / "pool"
    subprocess.run(
        [*PROGRAM, "generate", folder, "--teacher", "mock", "--target", "60", "--quiet"],
        env=environment(),
        check=True,
    )
    return folder


def rows(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def test_the_ending_decides_between_an_array_and_lines(pool, program, tmp_path):
    program("export", pool, "--format", "alpaca", "-o", "a/x.json", check=0)
    program("export", pool, "--format", "alpaca", "-o", "b/x.jsonl", check=0)
    assert json.loads((tmp_path / "a/x.json").read_text()) == rows(tmp_path / "b/x.jsonl")


def test_unknown_formats_are_answered_with_the_list(pool, program):
    done = program("export", pool, "--format", "parq", "-o", "x", check=2)
    assert "use alpaca, chat, sharegpt, completion, flan, parquet, hf, superni" in done.stderr
    done = program("import", pool / "tasks.jsonl", "--into", "q", "--format", "parq", check=2)
    assert "use tasks, superni, chat" in done.stderr


def test_what_is_there_is_not_replaced_without_force(pool, program, tmp_path):
    target = tmp_path / "x.json"
    target.write_text("mine")
    done = program("export", pool, "--format", "alpaca", "-o", target, check=2)
    assert "x.json: is there already. Replace it with --force" in done.stderr
    assert target.read_text() == "mine"
    program("export", pool, "--format", "alpaca", "-o", target, "--force", check=0)
    assert json.loads(target.read_text())


def test_a_folder_that_is_no_export_is_never_replaced(pool, program, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    done = program("export", pool, "--format", "hf", "-o", folder, "--force", check=2)
    assert "data: is no export, so it is not replaced" in done.stderr
    assert (folder / "thesis.txt").read_text() == "mine"
    program("export", pool, "--format", "hf", "-o", "own", check=0)
    done = program("export", pool, "--format", "hf", "-o", "own", check=2)
    assert "Replace it with --force" in done.stderr
    program("export", pool, "--format", "superni", "-o", "own", "--force", check=0)
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == [
        "README.md",
        "splits",
        "tasks",
    ]


def test_an_export_beside_other_files_writes_no_readme_of_theirs(pool, program, tmp_path):
    program("export", pool, "--format", "alpaca", "-o", "x.json", check=0)
    assert not (tmp_path / "README.md").exists()
    assert (tmp_path / "x.json.README.md").is_file()


def test_somebody_elses_readme_is_left_alone(pool, program, tmp_path):
    (tmp_path / "README.md").write_text("# My project")
    program("export", pool, "--format", "alpaca", "-o", "x.json", check=0)
    assert (tmp_path / "README.md").read_text() == "# My project"
    assert "# x.json" in (tmp_path / "x.json.README.md").read_text()


def test_what_is_no_part_of_an_export_keeps_its_folder(pool, program, tmp_path):
    program("export", pool, "--format", "hf", "-o", "own", check=0)
    (tmp_path / "own" / "notes.txt").write_text("mine")
    done = program("export", pool, "--format", "hf", "-o", "own", "--force", check=2)
    assert "own: holds notes.txt too, so it is not replaced" in done.stderr


def test_nothing_is_written_into_a_pool(pool, program, tmp_path):
    before = {path.name: path.read_bytes() for path in pool.iterdir() if path.is_file()}
    for goal in (pool / "tasks.jsonl", pool / "x.json", pool / "sub" / "x.json"):
        done = program("export", pool, "--format", "alpaca", "-o", goal, "--force", check=2)
        assert "lies in the pool" in done.stderr
    program("export", pool, "--format", "hf", "-o", pool, "--force", check=2)
    bench = tmp_path / "bench.jsonl"
    bench.write_text('{"question": "Is it?", "answer": "x"}\n')
    for report in (pool / "ledger.jsonl", bench):
        program("decontaminate", pool, "--against", bench, "--report", report, check=2)
    assert before == {path.name: path.read_bytes() for path in pool.iterdir() if path.is_file()}
    assert bench.read_text()


def test_names_that_would_collide_are_refused(pool, program, tmp_path):
    for more in (["-o", "README.md"], ["-o", "."]):
        program("export", pool, "--format", "alpaca", *more, check=2)
    name = ["-o", "dataset_info.json", "--config-for", "llama-factory"]
    program("export", pool, "--format", "alpaca", *name, check=2)
    assert not list(tmp_path.glob("*.json"))


def test_a_failed_export_leaves_nothing(pool, program, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(pool, broken)
    with (broken / "tasks.jsonl").open("a") as file:
        file.write('{"id": 1}\n')
    done = program("export", broken, "--format", "alpaca", "-o", "out/x.json", check=2)
    assert "broken/tasks.jsonl:61: a line is no task" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_a_small_pool_is_no_file_for_openai(program, tmp_path):
    pool_of(tmp_path / "small", [task(f"Say {n}.", ("", str(n))) for n in range(9)])
    done = program("export", "small", "--format", "chat", "-o", "x.jsonl", check=2)
    assert "9 rows are too few: OpenAI takes fine-tuning files from 10 rows on" in done.stderr
    program("export", "small", "--format", "sharegpt", "-o", "x.jsonl", check=0)


def test_an_empty_answer_is_no_dialogue(program, tmp_path):
    pool_of(tmp_path / "p", [task(f"Say {n}.", ("", " ")) for n in range(12)])
    done = program("export", "p", "--format", "chat", "-o", "x.jsonl", check=2)
    assert "nothing is left to export" in done.stderr


def test_the_card_says_what_made_it_and_invents_no_licence(pool, program, tmp_path):
    done = program("export", pool, "--format", "alpaca", "-o", "x/x.json", check=0)
    assert "No --license was given" in done.stderr
    card = (tmp_path / "x/x.json.README.md").read_text()
    head = yaml.safe_load(card.split("---")[1])
    assert "license" not in head
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "x.json"}]
    assert head["size_categories"] == ["n<1K"]
    assert "| self-instruct | mock | mock-en | 60 |" in card
    assert f"selfinstruct export {pool} --format alpaca --output x/x.json" in card
    program(
        "export", pool, "--format", "alpaca", "-o", "y/x.json", "--license", "cc-by-4.0", check=0
    )
    card = (tmp_path / "y/x.json.README.md").read_text()
    assert yaml.safe_load(card.split("---")[1])["license"] == "cc-by-4.0"


def test_the_command_of_the_card_makes_the_same_again(pool, program, tmp_path):
    program(
        "export", pool, "--format", "flan", "-o", "x/x.jsonl", "--shuffle", 3, "--seed", 5, check=0
    )
    card = (tmp_path / "x/x.jsonl.README.md").read_text()
    command = card.split("```bash\n")[1].splitlines()[0]
    before = (tmp_path / "x/x.jsonl").read_bytes()
    program(*command.split()[1:], "--force", check=0)
    assert (tmp_path / "x/x.jsonl").read_bytes() == before


def test_templates_are_drawn_by_the_seed_and_not_by_the_order(pool, program, tmp_path):
    def made(name, *more):
        program("export", pool, "--format", "completion", "-o", f"{name}.jsonl", *more, check=0)
        return [json.dumps(row) for row in rows(tmp_path / f"{name}.jsonl")]

    plain, shuffled, other = made("a"), made("b", "--shuffle", 1), made("c", "--seed", 1)
    assert plain != shuffled
    assert sorted(plain) == sorted(shuffled)
    assert sorted(plain) != sorted(other)


def test_templates_of_ones_own(pool, program, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[completion]\nwith_input = ["{input} | {instruction}"]\n'
        'without_input = ["-> {instruction}"]\n'
    )
    program("export", pool, "--format", "completion", "-o", "x.jsonl", "--templates", own, check=0)
    for row in rows(tmp_path / "x.jsonl"):
        assert row["prompt"].startswith("-> ") or " | " in row["prompt"]
    own.write_text('[completion]\nwith_input = ["{text}"]\nwithout_input = ["x"]\n')
    done = program("export", pool, "--format", "completion", "-o", "y", "--templates", own, check=2)
    assert "own.toml: there is no {text} (only" in done.stderr


@pytest.mark.parametrize(
    ("prompt", "output", "completion"),
    [
        ("Say it.\n\nOutput:", "Optimistic", " Optimistic"),
        ("Say it.\n\n", "Optimistic", "Optimistic"),
        ("Say it.\n\nOutput: ", "Optimistic", "Optimistic"),
        ("말해 주세요\n\n답:", "네", " 네"),
        ("말해 주세요", "네", " 네"),
        ("说吧。\n\n答：", "好", "好"),
        ("書いてください。", "はい", "はい"),
        ("def one():", "\n    return 1", "\n    return 1"),
    ],
)
def test_a_completion_brings_the_space_before_it(program, tmp_path, prompt, output, completion):
    own = tmp_path / "own.toml"
    template = json.dumps(prompt + "{input}")
    own.write_text(
        f'[completion]\nwith_input = ["{{instruction}}{{input}}"]\nwithout_input = [{template}]\n'
    )
    pool_of(tmp_path / "p", [task("Say", ("", output))])
    command = ("--format", "completion", "--templates", own, "-o", "x.jsonl")
    program("export", "p", *command, check=0)
    assert rows(tmp_path / "x.jsonl") == [{"prompt": prompt, "completion": completion}]
    program("import", "x.jsonl", "--into", "q", "--no-filter", check=0)
    assert rows(tmp_path / "q/tasks.jsonl")[0]["instances"] == [{"input": "", "output": output}]


def test_only_rows_that_are_the_same_in_prompt_and_answer_are_dropped(program, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[completion]\nwith_input = ["{instruction} {input}"]\nwithout_input = ["{instruction}"]\n'
    )
    pool_of(tmp_path / "p", [task("Say", ("x", "a"), ("x", "b")), task("Say", ("x", "b"))])
    command = ("--format", "completion", "--templates", own, "-o", "x.jsonl", "--json")
    done = program("export", "p", *command, check=0)
    written = [(row["prompt"], row["completion"]) for row in rows(tmp_path / "x.jsonl")]
    assert len({prompt for prompt, _ in written}) == 1
    assert [answer.strip() for _, answer in written] == ["a", "b"]
    assert json.loads(done.stdout)["left_out"] == {"duplicates": 1}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("recipe=evolve", ["c"]),
        ("recipe!=evolve", ["a", "b"]),
        ("classification=yes", ["b"]),
        ("difficulty>=5", ["c"]),
        ("difficulty<5", ["a"]),
        ("skill=Maths", ["a"]),
        ("language=en", ["a", "b", "c"]),
        ("language=ko", []),
    ],
)
def test_conditions(said, kept):
    tasks = [
        task("a", ("", "x"), difficulty=2, skill="maths"),
        task("b", ("", "x"), kind=True),
        task("c", ("", "x"), recipe="evolve", difficulty=7),
    ]
    condition = Condition.of(said)
    assert [one.instruction for one in tasks if condition.holds(one, "en")] == kept


@pytest.mark.parametrize(
    "said", ["color=red", "difficulty=high", "skill>3", "classification=perhaps", "recipe"]
)
def test_conditions_that_make_no_sense(said):
    with pytest.raises(SettingsError, match="--where"):
        Condition.of(said)


def test_agreement_and_numbers_of_instances(program, tmp_path):
    cases = [Instance(input=str(n), output="x", agreement=n / 10) for n in range(10)]
    tasks = [task("a", *cases), task("b", ("", "y"))]
    pool_of(tmp_path / "p", tasks)
    out = ["--format", "alpaca", "--json"]
    done = program("export", "p", *out, "-o", "x.jsonl", "--min-agreement", 0.6, check=0)
    assert [row["input"] for row in rows(tmp_path / "x.jsonl")] == ["6", "7", "8", "9"]
    left = json.loads(done.stdout)["left_out"]
    assert left == {"instances": 7, "tasks_without_instances": 1}
    program("export", "p", *out, "-o", "y.jsonl", "--max-instances", 2, check=0)
    assert [row["input"] for row in rows(tmp_path / "y.jsonl")] == ["0", "1", ""]
    done = program("export", "p", *out, "-o", "z.jsonl", "--where", "recipe=x", check=2)
    assert "nothing is left to export" in done.stderr


def test_seed_tasks_come_first_where_they_are_wanted(pool, program, tmp_path):
    program("export", pool, "--format", "alpaca", "-o", "x.jsonl", "--include-seeds", check=0)
    first = json.loads((pool / "seeds.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert rows(tmp_path / "x.jsonl")[0]["instruction"] == first["instruction"]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=50, unique=True))
@settings(deadline=None)
def test_a_grown_pool_moves_no_task_to_another_split(instructions):
    splits = Splits.of("train=0.5,dev=0.25,test=0.25")
    once = {text: splits.name_of(task(text, ("", "a"))) for text in instructions[:25]}
    again = {text: splits.name_of(task(text, ("x", "b"))) for text in instructions}
    assert once.items() <= again.items()


def test_a_pool_of_examples_of_one_task_is_split_too(program, tmp_path):
    tasks = []
    for number in range(60):
        one = task("Sort it.", (f"case {number}", str(number)))
        came = one.provenance.model_copy(update={"judged": "input"})
        tasks.append(one.model_copy(update={"provenance": came}))
    pool_of(tmp_path / "p", tasks)
    out = ["--format", "alpaca", "--split", "train=0.5,test=0.5", "--json"]
    done = program("export", "p", *out, "-o", "x.jsonl", check=0)
    assert min(json.loads(done.stdout)["splits"].values()) > 15


def test_an_empty_split_is_named(program, tmp_path):
    pool_of(tmp_path / "p", [task("Sort it.", ("a", "b"))])
    out = ["--format", "alpaca", "--split", "train=0.5,test=0.5"]
    done = program("export", "p", *out, "-o", "x.jsonl", check=0)
    assert "is empty: the pool is too small for such a share" in done.stderr
    assert sorted(path.name for path in tmp_path.glob("x.t*")) == ["x.test.jsonl", "x.train.jsonl"]


def test_splits_are_about_as_large_as_they_say():
    splits = Splits.of("train=0.9,test=0.1")
    names = [splits.name_of(task(f"Task {n}", ("", "a"))) for n in range(2000)]
    assert 0.08 < names.count("test") / 2000 < 0.12


@pytest.mark.parametrize("said", ["train=0.9", "train=0.9,train=0.1", "train:0.5", "a=2,b=-1"])
def test_splits_that_make_no_sense(said, pool, program):
    done = program("export", pool, "--format", "alpaca", "-o", "x.json", "--split", said, check=2)
    assert "--split" in done.stderr


def test_settings_for_trainers_fit_the_files(pool, program, tmp_path):
    split = ["--split", "train=0.8,test=0.2"]

    def made(trainer, form, name):
        out = f"{trainer}-{form}/x.jsonl"
        more = ["--format", form, "-o", out, "--config-for", trainer, *split]
        program("export", pool, *more, check=0)
        return (tmp_path / f"{trainer}-{form}" / name).read_text()

    for form in ("alpaca", "chat", "sharegpt", "completion"):
        info = json.loads(made("llama-factory", form, "dataset_info.json"))
        assert {one["file_name"] for one in info.values()} == {"x.train.jsonl", "x.test.jsonl"}
        found = rows(tmp_path / f"llama-factory-{form}/x.train.jsonl")[0]
        assert set(info["x_train"]["columns"].values()) <= set(found)
        config = yaml.safe_load(made("axolotl", form, "axolotl.yml"))
        assert config["datasets"][0]["path"] == "x.train.jsonl"
        assert config["test_datasets"][0]["path"] == "x.test.jsonl"
    config = yaml.safe_load(made("trl", "chat", "trl.yml"))
    assert config["datasets"][0]["data_files"] == {"train": "x.train.jsonl", "test": "x.test.jsonl"}
    other = ["--split", "val=0.5,test=0.5", "--config-for", "axolotl"]
    done = program("export", pool, "--format", "alpaca", "-o", "z.jsonl", *other, check=2)
    assert "no split is called 'train'" in done.stderr
    done = program(
        "export", pool, "--format", "flan", "-o", "y.jsonl", "--config-for", "trl", check=2
    )
    assert "--config-for trl: reads no flan" in done.stderr


def test_rows_can_go_to_a_pipe(pool, program):
    done = program("export", pool, "--format", "alpaca", "-o", "-", check=0)
    assert json.loads(done.stdout.splitlines()[0])["instruction"]
    assert (
        "-o - takes one stream"
        in program("export", pool, "--format", "hf", "-o", "-", check=2).stderr
    )


def test_options_that_would_do_nothing_are_refused(pool, program):
    for more in (["--system", "x"], ["--seed", "3"], ["--templates", "x.toml"]):
        done = program("export", pool, "--format", "alpaca", "-o", "x.json", *more, check=2)
        assert "says nothing to the format alpaca" in done.stderr


def test_without_pyarrow_the_message_names_the_extra(pool, tmp_path):
    code = (
        "import sys; sys.modules['pyarrow'] = None; sys.modules['pyarrow.parquet'] = None\n"
        f"sys.argv = ['selfinstruct', 'export', {str(pool)!r}, '--format', 'parquet']\n"
        "sys.argv += ['-o', 'x.parquet']\n"
        "from selfinstruct.cli import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'selfinstruct[hf]'" in done.stderr
