"""The rules besides the papers' in pools, in filter and in validate; and their switch."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, JitteryMock, made_with, rows, setups, sources

from selfinstruct.tasks import Reason

OLD = Path(__file__).parent / "data" / "pools" / "0.1" / "self-instruct"
NONE = "The gag relies mainly on wordplay, exaggeration, or understatement."
ASKING = "Certainly! Please share the recipe note so I can assist you."
LOOP = "Portugal is a country in the south of Europe, and so it is. " * 8


class Saying(JitteryMock):
    """The mock, whose replies of some steps are other ones."""

    def __init__(self, **said):
        super().__init__()
        self.said = said

    async def complete(self, prompt):
        reply = await super().complete(prompt)
        said = self.said.get(str(prompt.step))
        return reply if said is None else dataclasses.replace(reply, text=said)


def reasons(folder):
    return {row["reason"] for row in rows(folder / "rejects.jsonl")}


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_text_that_is_no_instruction_is_refused_unless_the_switch_is_off(grow):
    listed = f"9. {NONE}\n10. Describe how a kite of paper is made at home."
    teacher = Saying(instructions=listed)
    folder, _, _ = grow("on", 1, teacher=teacher)
    refused = [row for row in rows(folder / "rejects.jsonl") if row["text"] == NONE]
    assert [row["reason"] for row in refused][:1] == [Reason.NOT_AN_INSTRUCTION]
    assert refused[0]["detail"] == {"form": "statement"}
    assert manifest(folder)["settings"]["soundness"] is True
    folder, _, _ = grow("off", 1, teacher=teacher, data=made_with(seed=1, soundness=False))
    assert Reason.NOT_AN_INSTRUCTION not in reasons(folder)
    assert manifest(folder)["settings"]["soundness"] is False


def test_a_question_without_input_gets_one_answer(grow):
    several = (
        "Example 1\nInput: <none>\nOutput: 20 times\n\nExample 2\nInput: <none>\nOutput: 40 times"
    )
    folder, _, _ = grow("p", 3, teacher=Saying(input_first=several))
    tasks = [task for task in rows(folder / "tasks.jsonl") if not task["is_classification"]]
    assert all(len(task["instances"]) == 1 for task in tasks)
    assert Reason.CONTRADICTORY_OUTPUTS in reasons(folder)


def test_an_evolution_whose_answer_asks_back_is_eliminated(grow):
    data = made_with(seed=1, recipe="evolve", sources=sources(20), rounds=1)
    folder, _, _ = grow("p", 20, teacher=Saying(answer=ASKING), data=data, unbounded=True)
    refused = [row for row in rows(folder / "rejects.jsonl") if row["reason"] == Reason.ASKS_BACK]
    assert refused
    assert refused[0]["detail"]["match"] == "so I can assist"
    assert refused[0]["detail"]["round"] == 1
    assert rows(folder / "tasks.jsonl") == []


def test_an_evolution_that_lost_its_text_is_refused_before_anything_is_asked(grow):
    data = made_with(seed=1, recipe="evolve", sources=sources(8), rounds=1)
    lost = "Name the most famous line of the passage in one sentence."
    said = dict.fromkeys(("evolve", "evolve_input", "evolve_breadth"), lost)
    folder, _, growth = grow("p", 8, teacher=Saying(**said), data=data, unbounded=True)
    assert Reason.INPUT_MISSING in reasons(folder)
    assert "answer" not in growth.tally.steps


def test_a_sample_that_loops_is_never_kept(grow):
    folder, _, _ = grow("p", 6, teacher=Saying(answer=LOOP), data=setups()["samples"])
    cases = [case for task in rows(folder / "tasks.jsonl") for case in task["instances"]]
    assert cases
    assert all(case["output"] != LOOP.strip() for case in cases)
    off = dataclasses.replace(setups()["samples"], soundness=False)
    folder, _, _ = grow("off", 6, teacher=Saying(answer=LOOP), data=off)
    cases = [case for task in rows(folder / "tasks.jsonl") for case in task["instances"]]
    assert any(case["output"] == LOOP.strip() for case in cases)


def test_short_questions_of_a_targeted_pool_are_told_apart_by_content(grow, tmp_path):
    asked = ["What is the capital of Japan?", "Who wrote Hamlet?", "Which metal melts first?"]
    asked += ["When did the wall fall?", "Why is the sky blue at noon?"]
    seeds = tmp_path / "questions.jsonl"
    seeds.write_text("".join(json.dumps({"question": q, "answer": "x"}) + "\n" for q in asked))
    new = ["What is the capital of Peru?", "What's the capital city of Japan?"]
    reply = "\n".join(f"###\n{n}. Input: {q}\n{n}. Output: x" for n, q in enumerate(new, 6))
    data = made_with(seed=1, recipe="targeted", seeds=seeds)
    folder, _, _ = grow("p", 1, teacher=Saying(targeted=reply), data=data)
    assert [task["instruction"] for task in rows(folder / "tasks.jsonl")] == new[:1]
    data = made_with(seed=1, recipe="targeted", seeds=seeds, rules=1)
    folder, outcome, _ = grow("old", 1, teacher=Saying(targeted=reply), data=data, min_yield=0.5)
    del outcome
    assert rows(folder / "tasks.jsonl") == []


def test_a_pool_of_0_1_has_no_such_setting_and_takes_none(inside, tmp_path):
    pool = tmp_path / "old"
    shutil.copytree(OLD, pool)
    teacher = ("--teacher", "mock", "--quiet", "--target", 1)
    inside("generate", pool, *teacher, "--no-soundness", check=0)
    assert "soundness" not in manifest(pool)["settings"]
    done = inside("generate", pool, *teacher, "--soundness")
    assert done.returncode == 2
    assert "--soundness is no setting of pools that version 0.1 made" in done.stderr


def test_the_switch_belongs_to_the_pool(inside, tmp_path):
    pool = tmp_path / "p"
    run = ("generate", pool, "--teacher", "mock", "--quiet", "--target", 3)
    inside(*run, "--no-soundness", check=0)
    inside(*run, check=0)
    done = inside(*run, "--soundness")
    assert done.returncode == 2
    assert "soundness is False in the pool and True now" in done.stderr


def test_filter_asks_the_rules_on_instructions_where_that_is_wanted(inside, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"instruction": NONE, "input": "", "output": "x"}) + "\n")
    for more, kept in (((), 1), (("--soundness",), 0), (("--soundness", "--no-heuristics"), 0)):
        done = inside("filter", path, "-o", tmp_path / "y.jsonl", "--json", *more, check=0)
        assert json.loads(done.stdout)["kept"] == kept


ROWS = [
    (NONE, "", "x", "not-an-instruction"),
    ("What is the most famous quote in the passage?", "", "x", "input-missing"),
    ("Mend the recipe for me.", "", ASKING, "asks-back"),
    ("Tell me about Portugal.", "", LOOP, "loops"),
    ("How many times does it ring?", "", "twice", None),
    ("How many times does it ring?", "", "thrice", "contradictory-outputs"),
    ("세금이 뭐냐고 묻습니다.", "", "예", "not-an-instruction"),
]


@pytest.mark.parametrize("form", ["alpaca", "chat"])
def test_validate_warns_of_what_is_of_no_use_and_finds_nothing_wrong(inside, tmp_path, form):
    path = tmp_path / "rows.jsonl"
    made = []
    for instruction, given, output, _ in ROWS * 2:
        turns = [("user", instruction), ("assistant", output)]
        chat = {"messages": [{"role": who, "content": text} for who, text in turns]}
        alpaca = {"instruction": instruction, "input": given, "output": output}
        made.append(json.dumps(chat if form == "chat" else alpaca))
    path.write_text("\n".join(made[: len(ROWS) if form == "alpaca" else None]) + "\n")
    done = inside("validate", path, check=0)
    expected = [
        f"{path}:{line}: warning: {rule}: " for line, (*_, rule) in enumerate(ROWS, 1) if rule
    ]
    for start, said in zip(expected, done.stdout.splitlines(), strict=False):
        assert said.startswith(start)
    assert "nothing wrong, " in done.stderr
    found = json.loads(inside("validate", path, "--json", check=0).stdout)
    assert found["problems"] == []
    assert found["checked"][0]["warnings"] == len(found["warnings"]) >= len(expected)


def test_validate_warns_of_rows_of_pools_too(inside, grow, tmp_path):
    pool, _, _ = grow("pool", 5, data=made_with(seed=1, soundness=False))
    garbage = tmp_path / "garbage.jsonl"
    garbage.write_text(json.dumps({"instruction": NONE, "input": "", "output": "x"}) + "\n")
    inside("import", garbage, "--into", pool, "--no-filter", "--quiet", check=0)
    done = inside("validate", pool, check=0)
    assert f"{pool / 'tasks.jsonl'}:6: warning: not-an-instruction" in done.stdout


def test_what_people_wrote_gets_no_warning(inside):
    files = [ROOT / "seeds" / f"{code}.jsonl" for code in ("en", "ko", "ja", "zh")]
    done = inside("validate", *files, ROOT / "examples" / "tones.jsonl", check=0)
    assert done.stdout == ""
