"""Rows as data sets and benchmarks really have them: read whole, or refused by name."""

from __future__ import annotations

import json

import pytest
from conftest import rows

from selfinstruct import jsonl
from selfinstruct.filters.contamination import Benchmark, By
from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex

TURN, ANSWER = {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
LONG = "Please tell me in a few plain words why the evening sky over the harbour turns red"


def taken(inside, tmp_path, row, *more, check=0):
    (tmp_path / "x.jsonl").write_text(jsonl.lines([row]), encoding="utf-8")
    done = inside("import", "x.jsonl", "--into", "p", "--no-filter", "--json", *more, check=check)
    if check:
        return done.stderr
    return json.loads(done.stdout), rows(tmp_path / "p" / "tasks.jsonl")[-1]


@pytest.mark.parametrize("output", ["output", "response", "answer", "completion"])
@pytest.mark.parametrize("given", ["input", "context"])
def test_input_and_output_are_read_whatever_they_are_called(inside, tmp_path, given, output):
    row = {"instruction": "Sum up.", given: "A text.", output: "Short."}
    _, task = taken(inside, tmp_path, row)
    assert task["instances"] == [{"input": "A text.", "output": "Short."}]


def test_fields_that_are_not_read_are_counted(inside, tmp_path):
    row = {"prompt": "Say.", "response": "Said.", "stars": 4, "nothing": ""}
    said, task = taken(inside, tmp_path, row)
    assert said["unread"] == {"stars": 1}
    assert task["instances"][0]["output"] == "Said."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"prompt": "def f():", "canonical_solution": "pass"}, "--map instruction=prompt"),
        ({"turns": ["Write.", "Again."]}, "--map instruction=turns"),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, "row of preferences"),
        ({"prompt": "a", "completion": "b", "label": False}, "for KTO"),
        ({"message_tree_id": "1", "prompt": {"text": "a", "replies": []}}, "tree of messages"),
        ({"messages": [TURN, CALL, {"role": "tool", "content": "4"}, ANSWER]}, "call of a tool"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "'image_url'"),
    ],
)
def test_what_is_no_task_is_refused_by_name(inside, tmp_path, row, said):
    assert said in " ".join(taken(inside, tmp_path, row, check=2).split())


def test_exchanges_before_a_tools_turn_are_read_and_the_rest_is_counted(inside, tmp_path):
    row = {"messages": [TURN, ANSWER, TURN, CALL, ANSWER]}
    said, task = taken(inside, tmp_path, row, "--turns", "all")
    assert (said["found"], said["unread"]) == (1, {"turns behind a tool's": 1})
    assert task["instances"] == [{"input": "", "output": "So."}]


def test_parts_and_marks_of_an_end_are_read_as_what_they_are(inside, tmp_path):
    part = {"from": "human", "value": [{"type": "text", "value": "Why so?"}]}
    _, task = taken(inside, tmp_path, {"conversations": [part, {"from": "gpt", "value": "So."}]})
    assert task["instruction"] == "Why so?"
    row = {"prompt": "Task: Name a bird.\n\nOutput:", "completion": " A wren.<|endoftext|>"}
    _, task = taken(inside, tmp_path, row)
    assert (task["instruction"], task["instances"][0]["output"]) == ("Name a bird.", "A wren.")


def test_a_batch_drops_replies_without_a_marker(inside, tmp_path):
    raw = ["I'm sorry, but I can't.", "Input: <none>\nOutput: fine"]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "machine_generated_instances.jsonl").write_text(
        jsonl.lines({"instruction": f"Do {n}.", "raw_instances": one} for n, one in enumerate(raw))
    )
    inside("import", "b", "--into", "p", "--no-filter", check=0)
    (task,) = rows(tmp_path / "p" / "tasks.jsonl")
    assert task["instances"] == [{"input": "", "output": "fine"}]


def test_several_references_of_a_task_file_are_kept(inside, tmp_path):
    row = {"Definition": ["Name it."], "Instances": [{"input": "x", "output": ["a", "b"]}]}
    _, task = taken(inside, tmp_path, row)
    assert task["instances"] == [{"input": "x", "output": "a", "references": ["a", "b"]}]


def test_benchmarks_are_read_as_they_come(inside, tmp_path):
    taken(inside, tmp_path, {"instruction": LONG, "output": "dust"})
    (tmp_path / "turns.jsonl").write_text(jsonl.lines([{"id": 1, "turns": ["Hi there.", LONG]}]))
    (tmp_path / "bare.csv").write_text(f"{LONG},A,B\nOther?,C,D\n")
    (tmp_path / "list.json").write_text(json.dumps([LONG, "Other?"]))
    (tmp_path / "named.csv").write_text(f"Question,Best\n{LONG},x\n")
    files = ["turns.jsonl", "bare.csv:instruction=1", "list.json", "named.csv:instruction=Question"]
    done = inside("decontaminate", "p", "--against", *files, "--json", check=0)
    said = json.loads(done.stdout)
    assert (said["items"], said["hits"], said["contaminated"]) == (6, 4, 1)
    names = [one.split(":")[0] for one in said["items_found"]]
    assert names == [one.split(":")[0] for one in files]


@pytest.mark.parametrize(
    ("item", "around", "found"),
    [
        ("What happens to you if you eat seeds?", "First think. {} Then answer.", True),
        ("대한민국의 수도는 어디입니까", "먼저 생각해 보세요. {} 그런 다음 답하세요.", True),
        ("What is it?", "First think. {} Then answer.", False),
    ],
)
def test_short_items_are_found_whole_inside_longer_texts(item, around, found):
    held = Benchmark(NoveltyIndex(tokenizer("unicode"), 0.7))
    held.add([item])
    assert [hit.by for hit in held.hits([around.format(item)])] == [By.WHOLE] * found


def test_short_questions_of_one_frame_are_no_hits():
    held = Benchmark(NoveltyIndex(tokenizer("rouge"), 0.7))
    held.add(["What is the largest desert in the world?"])
    assert held.hits(["What is the highest mountain in the world?"]) == []


def test_instances_are_taken_out_and_the_others_stay(inside, tmp_path):
    inputs = [f"A tale of number {n}, with more than eight words in it." for n in range(3)]
    tasks = [{"instruction": "Sum up.", "input": one, "output": "x"} for one in inputs]
    (tmp_path / "x.jsonl").write_text(jsonl.lines(tasks))
    inside("import", "x.jsonl", "--into", "p", "--no-filter", check=0)
    (tmp_path / "b.jsonl").write_text(jsonl.lines([{"question": inputs[1]}]))
    look = ("decontaminate", "p", "--against", "b.jsonl", "--threshold", 1, "--json")
    done = inside(*look, "--fail-on-hits", check=1)
    assert "1 task holds items of the benchmark" in done.stderr
    said = json.loads(inside(*look, "--remove", "--report", "r.jsonl", check=0).stdout)
    assert (said["removed"], said["trimmed"], said["removed_instances"]) == (0, 1, 1)
    assert rows(tmp_path / "r.jsonl")[0]["instance"] == 1
    (task,) = rows(tmp_path / "p" / "tasks.jsonl")
    assert [one["input"] for one in task["instances"]] == [inputs[0], inputs[2]]
    assert json.loads(inside("validate", "p", "--json", check=0).stdout)["problems"] == []
    assert json.loads(inside(*look, "--fail-on-hits", check=0).stdout)["hits"] == 0
    inside("generate", "p", "--teacher", "mock", "--target", 4, "--quiet", check=0)


def test_the_card_of_an_imported_pool_names_its_sources(inside, tmp_path):
    row = {"instruction": LONG, "input": "", "output": "dust"}
    taken(inside, tmp_path, row, "--license", "apache-2.0")
    inside("export", "p", "--format", "alpaca", "-o", "out.jsonl", check=0)
    card = (tmp_path / "out.jsonl.README.md").read_text(encoding="utf-8")
    assert "| x.jsonl | alpaca | 1 | 1 | apache-2.0 | no |" in card
    assert "| novelty | not judged |" in card
    for untrue in ("synthetic", "written by a model", "keeps every reply", "92%", "http"):
        assert untrue not in card
