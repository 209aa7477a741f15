"""``evaluate`` as a user calls it: what it reads, what it writes, and what it refuses."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path

import pytest
from reviewing import answer_all

import selfinstruct as si
from selfinstruct.errors import PoolError, UsageError

GOLDEN = Path(__file__).parent / "data" / "evaluation.json"
MOCK = si.Teacher("mock")
TASKS = {
    "task001_x_y": "Textual Entailment",
    "task121_atomic_question_rewriting": "Title Generation",
}


def written(path, rows):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def superni():
    """A folder of the benchmark, and Tk-Instruct's rows for it: half of the answers are right."""
    folder, rows = Path("ni/tasks"), []
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# tasks")
    for task, category in TASKS.items():
        cases = [
            {"id": f"{task}-{n:x}", "input": f"in {n}", "output": [f"Word {n}", f"other {n}"]}
            for n in range(4)
        ]
        content = {
            "Definition": ["Say it."],
            "Categories": [category],
            "Positive Examples": [{"input": "a", "output": "b", "explanation": "c"}],
            "Instances": cases,
        }
        (folder / f"{task}.json").write_text(json.dumps(content, indent=4), encoding="utf-8")
        rows += [
            {"Task": task, "Instance": one, "Prediction": f"other {n}." if n % 2 else "nothing"}
            for n, one in enumerate(cases)
        ]
    return rows


def overall(result, model=0):
    row = result.facts["accuracy"]["overall"][model]
    return row["exact_match"]["value"], row["rouge_l"]["value"]


def test_tk_instructs_rows_and_plain_rows_come_to_the_same(superni):
    written("tk.jsonl", superni)
    plain = [{"id": row["Instance"]["id"], "prediction": row["Prediction"]} for row in superni]
    written("plain.jsonl", plain)
    Path("plain.json.gz").write_bytes(gzip.compress(json.dumps(plain).encode()))
    result = si.evaluate(["tk.jsonl", "plain.jsonl", "plain.json.gz"], "ni/tasks", by="task")
    assert overall(result) == overall(result, 1) == overall(result, 2) == (50, 50)
    assert [one["name"] for one in result.facts["models"]] == ["tk", "plain", "plain-3"]
    told = result.facts["accuracy"]["groups"]["task"]
    assert [one["name"] for one in told] == ["task001_x_y", "task121_zest_question_rewriting"]


def test_rows_with_their_prompts_are_predictions_where_they_say_so(superni):
    rows = [
        {"id": row["Instance"]["id"], "instruction": "Say it.", "prediction": row["Prediction"]}
        for row in superni
    ]
    assert overall(si.evaluate(written("said.jsonl", rows), "ni/tasks")) == (50, 50)
    with pytest.raises(UsageError, match="holds no answers"):  # prompts alone
        si.evaluate(written("asked.jsonl", [{"instruction": "Say it."}]), "ni/tasks")


def test_the_benchmarks_own_list_and_file_of_references_are_read(superni):
    written("tk.jsonl", superni)
    Path("ni/splits/default").mkdir(parents=True)
    Path("ni/splits/default/test_tasks.txt").write_text("task001_x_y\n")
    result = si.evaluate("tk.jsonl", "ni/splits/default/test_tasks.txt")
    assert result.facts["references"]["cases"] == 4
    assert result.facts["models"][0]["unknown"]["n"] == 4
    references = [
        {"id": row["Instance"]["id"], "references": row["Instance"]["output"],
         "task_id": row["Task"], "task_category": TASKS[row["Task"]]}
        for row in superni
    ]  # fmt: skip
    written("test_references.jsonl", references)
    whole = si.evaluate("tk.jsonl", "test_references.jsonl")
    assert overall(whole) == (50, 50)
    groups = whole.facts["accuracy"]["groups"]["category"]
    assert [(one["name"], one["n"]) for one in groups] == [
        ("Textual Entailment", 4),
        ("Title Generation", 4),
    ]


def test_the_real_collections_oddities_are_read(superni):
    base = json.loads(Path("ni/tasks/task001_x_y.json").read_text())
    odd = base | {"Categories": "Title Generation", "Instances": [{"input": "x", "output": "ß"}]}
    Path("ni/tasks/task300_bom.json").write_bytes(
        b"\xef\xbb\xbf" + json.dumps(odd, ensure_ascii=False).encode()
    )
    half = base | {"Instances": [{"id": "h1", "input": "\ud83d", "output": ["so \ud83d"]}]}
    Path("ni/tasks/task301_half.json").write_text(json.dumps(half))
    written("tk.jsonl", [*superni, {"id": "h1", "prediction": "so \ud83d"}])
    result = si.evaluate("tk.jsonl", "ni/tasks", "page.html")
    assert result.facts["references"]["cases"] == 10
    assert result.facts["models"][0]["missing"]["first"] == ["task300_bom#0"]
    Path("page.html").read_text(encoding="utf-8")


def test_the_order_of_lines_does_not_matter(superni):
    written("tk.jsonl", superni)
    references = [
        {
            "id": row["Instance"]["id"],
            "references": row["Instance"]["output"],
            "task_id": row["Task"],
        }
        for row in superni
    ]
    written("refs.jsonl", references)
    first = si.evaluate("tk.jsonl", "refs.jsonl", by="task").facts
    random.Random(1).shuffle(superni)
    random.Random(2).shuffle(references)
    written("tk.jsonl", superni)
    written("refs.jsonl", references)
    assert si.evaluate("tk.jsonl", "refs.jsonl", by="task").facts == first


def test_an_id_that_stands_there_again_counts_once_and_is_named(superni):
    rows = [*superni, superni[0] | {"Prediction": "Word 0"}]
    written("tk.jsonl", rows)
    result = si.evaluate("tk.jsonl", "ni/tasks")
    assert overall(result) == (50, 50)
    assert result.facts["models"][0]["doubled"] == {"n": 1, "first": ["task001_x_y-0"]}
    assert any("the first answer counts" in one for one in result.facts["warnings"])


def test_questions_with_several_answers_and_without_articles():
    written("nq.jsonl", [{"id": "q1", "question": "Who", "answers": ["the Beatles", "Beatles the"]},
                         {"id": "q2", "question": "What?", "answer": "a cat"}])  # fmt: skip
    written(
        "said.jsonl", [{"id": "q1", "response": "Beatles"}, {"id": "q2", "response": "The cat"}]
    )
    assert overall(si.evaluate("said.jsonl", "nq.jsonl"))[0] == 0
    assert overall(si.evaluate("said.jsonl", "nq.jsonl", metric="qa"))[0] == 100
    written("said.jsonl", [{"id": "q1", "response": "beatles the"}])
    assert overall(si.evaluate("said.jsonl", "nq.jsonl"))[0] == 50


def test_answers_of_a_pool_are_found_by_id_and_those_of_its_export_by_prompt():
    si.generate("p", target=30, teacher=MOCK)
    si.export("p", "set.jsonl", format="alpaca")
    every = si.AnswerSettings(sample=None)
    si.answer("p", "own", teacher=MOCK, settings=every)
    si.answer("set.jsonl", "exported", teacher=MOCK, settings=every)
    result = si.evaluate(["own", "exported", "exported/answers.jsonl", "p"], "p")
    rows = result.facts["models"]
    assert [row["missing"]["n"] for row in rows] == [0, 0, 0, 0]
    assert overall(result) == overall(result, 1) == overall(result, 2)
    assert overall(result, 3)[0] == 100
    # The same numbers stand for other questions in another file.
    other = [{"instruction": f"Say {n}.", "input": "", "output": "x"} for n in range(30)]
    written("other.jsonl", other)
    with pytest.raises(UsageError, match="answers nothing that has a reference"):
        si.evaluate("exported", "other.jsonl")


def test_of_several_answers_to_a_case_the_mean_counts():
    row = {"item": "q#0", "instruction": "Who?", "input": "", "finish": "stop", "as": "m"}
    rows = [row | {"sample": n, "output": text} for n, text in enumerate(("yes", "no"))]
    failed = row | {"item": "q2#0", "instruction": "What?", "output": "", "finish": "failed"}
    written("m/answers.jsonl", [*rows, failed])
    written("refs.jsonl", [{"id": "q", "instruction": "Who?", "output": "yes"},
                           {"id": "q2", "instruction": "What?", "output": "that"}])  # fmt: skip
    result = si.evaluate("m", "refs.jsonl")
    assert overall(result)[0] == 25
    (told,) = result.facts["models"]
    assert (told["failed"]["first"], told["missing"]["first"]) == (["q2#0"], ["q2#0"])


@pytest.fixture
def everything():
    """Two models, what is right, a teacher twice, a comparison and a person's votes."""
    ask = [{"id": f"q{n}", "instruction": f"Name river {n}.", "input": "", "skill": "ab"[n % 2],
            "difficulty": n % 3} for n in range(9)]  # fmt: skip
    right = [f"River {n}.\n\n1. One\n2. Two\n\nOverall, it is long." for n in range(9)]
    texts = {
        "right": right,
        "plain": [f"River {n}" for n in range(9)],
        "fancy": [text.replace("One", "Three") for text in right],
        "again": [text.replace("long", "short") for text in right],
    }
    for name, said in texts.items():
        written(
            f"{name}.jsonl", [row | {"output": text} for row, text in zip(ask, said, strict=True)]
        )
    si.compare(["plain.jsonl", "fancy.jsonl"], "cmp", teacher=MOCK)
    answer_all("", lambda place, _: ("first", "second", "tie")[place % 3], into=Path("votes"),
               pairs=("plain.jsonl", "fancy.jsonl"), reviewer="ann", sample=None)  # fmt: skip
    return {"teacher_answers": "right.jsonl", "ceiling": "again.jsonl", "comparisons": "cmp",
            "reviews": "votes"}  # fmt: skip


COMMAND = [
    "evaluate", "plain.jsonl", "fancy.jsonl", "--references", "right.jsonl",
    "--teacher-answers", "right.jsonl", "--ceiling", "again.jsonl",
    "--comparison", "cmp", "--reviews", "votes",
]  # fmt: skip


def test_the_json_is_what_it_was_and_the_page_has_the_same_numbers(everything, inside):
    # UPDATE_DOCS=1 writes it down anew.
    told = json.loads(inside(*COMMAND, "-o", "page.html", "--json", check=0).stdout)
    assert told.pop("seconds") >= 0
    assert told.pop("page") == "page.html"
    assert json.loads(Path("page.json").read_text(encoding="utf-8")) == told
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    first = Path("page.html").read_bytes()
    si.evaluate(["plain.jsonl", "fancy.jsonl"], "right.jsonl", "page.html", **everything)
    assert Path("page.html").read_bytes() == first


@pytest.mark.usefixtures("everything")
def test_three_blocks_are_shown_and_no_line_is_wider_than_the_terminal(inside):
    for columns in (60, 80):
        done = inside(*COMMAND, env={"COLUMNS": str(columns)}, check=0)
        assert done.stdout == ""
        assert max(map(len, done.stderr.splitlines())) <= columns
        assert "…" not in done.stderr  # nothing is cut off
        places = [done.stderr.index(said) for said in (
            "What is right", "by skill", "by difficulty", "What is liked", "By the judge of cmp",
            "By ann, a person", "How it sounds", "against the teacher", "When answers are liked",
        )]  # fmt: skip
        assert places == sorted(places)
    done = inside("evaluate", "plain.jsonl", "--references", "right.jsonl", check=0)
    assert "Nobody was asked which answers are better" in done.stderr
    assert "There are no answers of a teacher" in done.stderr
    assert inside(*COMMAND, "--quiet", check=0).stderr == ""


@pytest.mark.usefixtures("everything")
def test_a_comparison_is_known_by_its_name_in_the_pool_too():
    si.generate("p", target=9, teacher=MOCK)
    Path("p/judgements").mkdir()
    Path("cmp").rename("p/judgements/cmp")
    told = si.evaluate("p", "p", comparisons="cmp").facts
    assert [one["name"] for one in told["preference"]["judged"]] == ["cmp"]
    Path("p/judgements/cmp/summary.json").write_text("{")
    with pytest.raises(PoolError, match="is damaged"):
        si.evaluate("p", "p", comparisons="cmp")


REFUSED = {
    "{in} --references nothing.jsonl": "nothing.jsonl: no such file",
    "nothing.jsonl --references {in}": "nothing.jsonl: no such file",
    "{in} --references loop": "loop: cannot be read",
    "{in} --references empty.jsonl": "empty.jsonl: holds no records",
    "empty.jsonl --references {in}": "empty.jsonl: holds no answers",
    "broken.jsonl --references {in}": "broken.jsonl:1: not a JSON object",
    "noid.jsonl --references {in}": "noid.jsonl:2: a prediction needs an id",
    "{in} {in} --references {in}": "named twice",
    "- --references -": "can be read only once",
    "{in} --references {in} --by colour": "--by is category or task or skill or difficulty",
    "{in} --references {in} --by skill": "--by skill: the references say nothing of it",
    "{in} --references {in} --ceiling {in}": "--ceiling is a second answer",
    "{in} --references {in} --comparison folder": "folder: is no comparison",
    "{in} --references {in} --reviews folder": "folder: holds no vote on a pair",
    "{in} --references {in} --reviews {in}": "in.jsonl:1:",
    "{in} --references {in} --reviews nothing": "nothing: no such file or folder",
    "{in} --references {in} --tokenizer no": "There is no tokenizer 'no'",
    "{in} --references {in} --language xx": "xx",
    "{in} --references {in} -o {in}": "is both read and written",
    "{in} --references {in} -o page.json": "-o names the page",
    "{in} --references {in} -o mine.html": "mine.html",
    "{in} --references {in} -o - --json": "--json and -o - both want standard output",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(inside, command):
    written("in.jsonl", [{"id": "a", "instruction": "Who?", "output": "me"}])
    written("empty.jsonl", [])
    written("noid.jsonl", [{"id": "a", "prediction": "x"}, {"prediction": "y"}])
    Path("broken.jsonl").write_text("{")
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    Path("mine.html").write_text("mine")
    done = inside("evaluate", *command.replace("{in}", "in.jsonl").split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("selfinstruct: ")
    assert REFUSED[command] in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert Path("mine.html").read_text() == "mine"
