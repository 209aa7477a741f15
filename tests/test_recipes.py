"""What each recipe does that the others do not; the laws are tested with all of them elsewhere."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter

import pytest
from conftest import EXAMPLES, ROOT, JitteryMock, made_with, rows, setups, sources
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import SeedError, SettingsError
from selfinstruct.filters.grounding import normalised, support
from selfinstruct.languages import load
from selfinstruct.recipes.eliminations import Eliminations
from selfinstruct.recipes.evolve import Operation
from selfinstruct.recipes.sampling import agreed
from selfinstruct.tasks import Reason
from selfinstruct.teachers import Reply

ANSWERS = load("en").answers


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


def tasks_and_rejects(folder):
    return rows(folder / "tasks.jsonl"), rows(folder / "rejects.jsonl")


@pytest.mark.parametrize("name", [name for name in setups() if name.startswith("alpaca")])
def test_alpaca_makes_whole_tasks_with_one_call_for_many(grow, name):
    folder, outcome, growth = grow("p", 200, data=setups()[name])
    tasks, rejects = tasks_and_rejects(folder)
    assert outcome.stopped is Stopped.TARGET
    assert all(len(task["instances"]) == 1 for task in tasks)
    assert all(len(task["provenance"]["demonstrations"]) == 3 for task in tasks)
    assert growth.tally.total.calls < 40
    assert set(growth.tally.steps) == {"alpaca"}
    assert {"malformed", "repeated_demonstration", "empty_output"} <= {
        row["reason"] for row in rejects
    }


def test_the_wider_keywords_are_alpacas_alone(grow):
    class Filming(JitteryMock):
        async def complete(self, prompt):
            reply = await super().complete(prompt)
            text = reply.text.replace(" for ", " for a video for ")
            return dataclasses.replace(reply, text=text)

    folder, _, _ = grow("a", 60, data=setups()["alpaca"], teacher=Filming())
    matches = {row["detail"].get("match") for row in rows(folder / "rejects.jsonl")}
    assert "video" in matches
    folder, _, _ = grow("s", 60, teacher=Filming())
    assert "video" not in {row["detail"].get("match") for row in rows(folder / "rejects.jsonl")}


@pytest.mark.parametrize("structured", [True, False])
def test_the_same_items_are_read_from_json_and_from_text(grow, structured):
    items = [
        {"instruction": f"Describe {thing} to a visitor.", "input": given, "output": "It is old."}
        for thing, given in (("a canal lock", ""), ("an alpine hut", "in winter"))
    ]
    text = "".join(
        f"###\n{n}. Instruction: {item['instruction']}\n{n}. Input: {item['input'] or '<none>'}\n"
        f"{n}. Output: {item['output']}\n"
        for n, item in enumerate(items, 4)
    )

    class Fixed(JitteryMock):
        async def complete(self, prompt):
            assert (prompt.schema is not None) is structured
            return Reply(json.dumps({"items": items}) if structured else text, "stop", None)

    data = made_with(recipe="alpaca", structured=structured)
    folder, _, _ = grow("p", 2, data=data, teacher=Fixed())
    made = [
        {"instruction": task["instruction"], **task["instances"][0]}
        for task in rows(folder / "tasks.jsonl")
    ]
    assert made == items


@pytest.mark.parametrize("name", ["evolve", "evolve-completions"])
def test_evolution_uses_each_operation_sees_each_elimination_and_closes_its_lineage(grow, name):
    data = dataclasses.replace(setups()[name], sources=sources(175), rounds=4)
    folder, outcome, _ = grow("p", 700, data=data, unbounded=True)
    tasks, rejects = tasks_and_rejects(folder)
    assert outcome.stopped is Stopped.TARGET
    assert {task["provenance"]["operation"] for task in tasks} == set(Operation)
    wanted = {"not_evolved", "answer_declined", "answer_empty", "prompt_leaked"}
    assert wanted <= {row["reason"] for row in rejects}
    rounds = {seed.id: 0 for seed in data.sources}
    rounds |= {task["id"]: task["provenance"]["round"] for task in tasks}
    for task in tasks:
        came = task["provenance"]
        assert rounds[came["evolved_from"]] < came["round"]
    assert all("operation" in row["detail"] for row in rejects)
    assert len(tasks) + len(rejects) == 700
    if data.options.get("difficulty"):
        grades = {n: [] for n in range(1, 5)}
        for task in tasks:
            if task["difficulty"]:
                grades[task["provenance"]["round"]].append(task["difficulty"])
        means = [sum(found) / len(found) for found in grades.values()]
        assert means == sorted(means)
        assert means[3] > means[0] + 0.5
        assert Counter(task["skill"] for task in tasks)


def test_a_failed_evolution_leaves_its_parent_for_the_next_round(grow):
    folder, _, _ = grow("p", 999, data=setups()["evolve"], unbounded=True)
    tasks, _ = tasks_and_rejects(folder)
    count = len(setups()["evolve"].sources)
    made = {task["provenance"]["request"]: task["id"] for task in tasks}
    first = {n: source.id for n, source in enumerate(sources(count))}
    for task in tasks:
        number = task["provenance"]["request"]
        earlier = [n for n in range(number % count, number, count) if n in made]
        expected = made[earlier[-1]] if earlier else first[number % count]
        assert task["provenance"]["evolved_from"] == expected


def test_the_answering_call_sees_the_instruction_alone(grow):
    class Watching(JitteryMock):
        seen = ()

        async def complete(self, prompt):
            if prompt.step == "answer":
                self.seen = (*self.seen, prompt.text)
            return await super().complete(prompt)

    teacher = Watching()
    data = dataclasses.replace(setups()["evolve"], rounds=1)
    folder, _, _ = grow("p", 999, data=data, unbounded=True, teacher=teacher)
    made = {task["instruction"] for task in rows(folder / "tasks.jsonl")}
    assert made <= set(teacher.seen)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I'm sorry, but I can't do that.", Reason.ANSWER_DECLINED),
        ("Sorry " + "word " * 90, None),
        ("It is what it is.", Reason.ANSWER_EMPTY),
        ("...", Reason.ANSWER_EMPTY),
        ("", Reason.ANSWER_EMPTY),
        ("A sorrysack is a bag.", None),
        ("Forty-two.", None),
    ],
)
def test_eliminations_by_the_answer(answer, reason):
    assert Eliminations(ANSWERS).of_answer(answer) == reason


def test_words_of_the_evolving_prompt_eliminate_unless_the_parent_has_them():
    leak = Eliminations(ANSWERS).leak
    assert leak("Do it. (The rewritten prompt)", "Do it.") == "rewritten prompt"
    assert leak("Explain the given prompt.", "What is a given prompt?") is None
    assert leak("Do it well.", "Do it.") is None


def test_targeted_examples_are_novel_in_their_inputs_and_no_duplicates(grow):
    data = setups()["targeted"]
    data = dataclasses.replace(data, options={**data.options, "grow": False})
    folder, _, _ = grow("p", 120, data=data)
    tasks, rejects = tasks_and_rejects(folder)
    assert {task["instruction"] for task in tasks} == {"Name the tone of the message in one word."}
    inputs = [task["instances"][0]["input"] for task in tasks]
    assert len({normalised(text, ANSWERS.articles) for text in inputs}) == len(inputs)
    seeds = {f"tone_{n}" for n in range(10)}
    assert all(set(task["provenance"]["demonstrations"]) <= seeds for task in tasks)
    assert {"too_similar", "repeated_demonstration"} <= {r["reason"] for r in rejects}
    # By the first rules, what differs from an example shown in its marks only is a duplicate.
    first = dataclasses.replace(data, rules=1)
    _, rejects = tasks_and_rejects(grow("first", 120, data=first)[0])
    assert "duplicate" in {row["reason"] for row in rejects}
    folder, _, _ = grow("grown", 60, data=setups()["targeted"])
    shown = {
        i for task in rows(folder / "tasks.jsonl") for i in task["provenance"]["demonstrations"]
    }
    assert shown & {task["id"] for task in rows(folder / "tasks.jsonl")}


def test_questions_without_an_instruction_stay_questions(grow, tmp_path):
    path = tmp_path / "questions.jsonl"
    pairs = [(f"Who built the {what}?", f"The {who}.") for what, who in QUESTIONS]
    path.write_text(
        "".join(json.dumps({"question": q, "answer": [a, "x"]}) + "\n" for q, a in pairs)
    )
    folder, outcome, _ = grow("p", 30, data=made_with(recipe="targeted", seeds=path))
    assert outcome.stopped is Stopped.TARGET
    for task in rows(folder / "tasks.jsonl"):
        assert task["instances"][0]["input"] == ""
        assert task["instruction"]


QUESTIONS = [("bridge", "mason"), ("mill", "miller"), ("boat", "wright"), ("road", "town"),
             ("well", "monks"), ("wall", "army")]  # fmt: skip


def test_an_example_needs_support_in_its_passage(grow):
    folder, _, _ = grow("p", 60, data=setups()["targeted-context"])
    tasks, rejects = tasks_and_rejects(folder)
    passages = {json.loads(line)["text"] for line in open_lines(ROOT / "examples/passages.jsonl")}
    assert {task["instances"][0]["context"] for task in tasks} <= passages
    refused = [row for row in rejects if row["reason"] == "unsupported"]
    assert refused
    assert all(row["detail"]["support"] < 0.6 for row in refused)
    # The pool keeps its passages, and goes on with them.
    more, outcome, _ = grow("p", 80, data=made_with(structured=True))
    assert (more, outcome.stopped) == (folder, Stopped.TARGET)


def open_lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_support_is_the_share_of_the_answers_words():
    words = str.split
    assert support("the red fox", "a red dog", words, {"the"}) == 0.5
    assert support("the", "a dog", words, {"the"}) == 1.0
    assert support("fox", "", words, set()) == 0.0


def test_seeds_of_many_tasks_are_refused_by_the_targeted_recipe(grow):
    with pytest.raises(SeedError, match="The targeted recipe grows one task"):
        grow("p", 5, data=made_with(recipe="targeted", seeds=ROOT / "seeds" / "en.jsonl"))
    with pytest.raises(SettingsError, match="needs --seeds FILE"):
        grow("p", 5, data=made_with(recipe="targeted"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (made_with(recipe="alpaca", machine=2), "--machine is no setting of the recipe alpaca"),
        (made_with(grow=True), "--grow is no setting of the recipe self-instruct"),
        (made_with(passages=EXAMPLES), "--context is no setting of the recipe self-instruct"),
        (made_with(recipe="nothing"), "use self-instruct, alpaca, targeted, evolve"),
        (made_with(recipe="evolve"), "grow it with selfinstruct evolve"),
    ],
)
def test_an_option_that_means_nothing_is_refused(grow, data, said):
    with pytest.raises(SettingsError, match=said):
        grow("p", 5, data=data)


def test_verified_answers_store_their_agreement_and_cost_k_minus_one_calls(grow):
    folder, _, growth = grow("p", 60, data=setups()["samples"])
    cases = [case for task in rows(folder / "tasks.jsonl") for case in task["instances"]]
    assert all(0 <= case["agreement"] <= 1 for case in cases)
    assert len({case["agreement"] for case in cases}) > 3
    made = growth.tally.steps["answer"].calls
    assert 2 * len(cases) <= made <= 2 * len(cases) * 1.5  # some tasks behind the target, too


TEXT = st.one_of(st.none(), st.text("ab c", max_size=30))


@given(st.text("ab c", min_size=1, max_size=30), st.lists(TEXT, min_size=1, max_size=5))
def test_the_output_kept_is_usable_and_agreement_is_a_share(first, others):
    outputs = [first, *others]
    place, agreement = agreed(outputs, str.split, ANSWERS.articles)
    assert outputs[place] is not None
    assert 0 <= agreement <= 1


def test_short_answers_vote_and_long_ones_take_the_medoid():
    assert agreed(["No", "Yes", "yes.", "The yes"], str.split, ANSWERS.articles) == (1, 0.75)
    long = ["one two three four five six", "one two three four five nine", "x y z x y z"]
    place, agreement = agreed(long, str.split, ())
    assert place == 0
    assert agreement == pytest.approx((5 / 6) / 2, abs=1e-4)
    assert agreed(["a", None, None], str.split, ()) == (0, 0.3333)


def test_answers_with_nothing_in_common_keep_the_first():
    apart = ["a b c d e f", "one two three four five six", "one x y z u v"]
    assert agreed(apart, str.split, ())[0] == 1
    place, agreement = agreed(apart, str.split, (), 0.2)
    assert (place, agreement) == (0, 0.0)
    near = ["a b c d e f", "one two three four five six", "one two three four five x"]
    assert agreed(near, str.split, (), 0.2) == agreed(near, str.split, ())


def test_evolve_reads_every_common_source_and_asks_for_nothing_twice(program, tmp_path):
    alpaca = [
        {"instruction": f"Explain {thing}.", "input": given, "output": "…"}
        for thing, given in (("tides", ""), ("a ledger", "for a club"), ("rust", ""))
    ]
    (tmp_path / "alpaca.json").write_text(json.dumps(alpaca))
    (tmp_path / "test.jsonl").write_text(
        json.dumps({"idx": 1, "Skill": "Math", "Difficulty": 3, "Instruction": "Add 2 and 3."})
    )
    program("generate", "p", "--teacher", "mock", "--target", 5, "--quiet", check=0)
    for source, count in (("alpaca.json", 3), ("test.jsonl", 1), ("p", 5)):
        folder = f"from-{source}"
        arguments = ("evolve", source, folder, "--teacher", "mock", "--rounds", 2, "--json")
        done = program(*arguments, check=0)
        assert "evolutions are left" in done.stderr
        said = json.loads(done.stdout)
        assert (said["stopped"], said["target"]) == ("target", 2 * count)
        again = json.loads(program(*arguments, check=0).stdout)
        assert again["calls"] == 0
        more = json.loads(
            program(*arguments[:5], "--rounds", 3, "--json", "--quiet", check=0).stdout
        )
        assert more["target"] == 3 * count
        program("status", folder, check=0)
    done = program("evolve", "p", "p", "--teacher", "mock")
    assert "is the source itself" in done.stderr


def test_status_shows_what_became_of_rounds_and_operations(program, tmp_path):
    del tmp_path
    source = ROOT / "seeds" / "en.jsonl"
    program(
        "evolve", source, "p", "--teacher", "mock", "--rounds", 2, "--difficulty", "--yes",
        "--operations", "deepen,breadth", "--quiet", check=0,
    )  # fmt: skip
    text = program("status", "p", check=0).stdout
    assert "round 2" in text
    assert "mean difficulty" in text
    found = json.loads(program("status", "p", "--json", check=0).stdout)["evolution"]
    assert set(found["operations"]) == {"deepen", "breadth"}
    assert sum(row["kept"] for row in found["rounds"].values()) > 100
    assert found["eliminated"]["not_evolved"] > 0


@pytest.mark.parametrize(
    "given",
    [
        ["--operations", "deepen", "--operations", "breadth,input"],
        ["--operations", "deepen,breadth, input"],
        ["--config", "list.toml"],
        ["--config", "text.toml"],
    ],
)
def test_operations_join_however_they_are_given(inside, tmp_path, given):
    (tmp_path / "list.toml").write_text('operations = ["deepen", "breadth", "input"]\n')
    (tmp_path / "text.toml").write_text('operations = "deepen,breadth,input"\n')
    (tmp_path / "a.json").write_text('[{"instruction": "Explain tides.", "output": ""}]')
    inside("evolve", "a.json", "p", "--teacher", "mock", "--rounds", 1, "--quiet", *given, check=0)
    made = json.loads((tmp_path / "p" / "manifest.json").read_text())
    assert made["settings"]["operations"] == ["deepen", "breadth", "input"]


def test_other_sources_are_refused_even_where_changes_are_accepted(program, tmp_path):
    for name, things in (("a", ("tides", "rust")), ("b", ("gulls", "moss", "fog"))):
        made = [{"instruction": f"Explain {thing} to a child.", "output": ""} for thing in things]
        (tmp_path / f"{name}.json").write_text(json.dumps(made))
    program("evolve", "a.json", "p", "--teacher", "mock", "--rounds", 1, "--quiet", check=0)
    done = program("evolve", "b.json", "p", "--teacher", "mock", "--accept-change", "--quiet")
    assert done.returncode == 2
    assert "made from other sources" in done.stderr
    done = program("evolve", "a.json", "p", "--teacher", "mock", "--operations", "deepn")
    assert "There is no operation 'deepn': use constraints" in done.stderr


def test_the_mark_for_no_input_is_no_output(grow):
    class Marked(JitteryMock):
        async def complete(self, prompt):
            reply = await super().complete(prompt)
            if prompt.step == "input_first":
                text = "Example 1\nInput: <none>\nOutput: <none>"
                return dataclasses.replace(reply, text=text)
            return reply

    folder, _, _ = grow("p", 5, teacher=Marked())
    tasks, rejects = tasks_and_rejects(folder)
    assert all(case["output"] != "<none>" for task in tasks for case in task["instances"])
    assert any(row["reason"] == "empty_output" for row in rejects)
