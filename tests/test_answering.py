"""Answering prompts: what is asked, what is bought, and what stands in the file."""

from __future__ import annotations

import json
import random
import shutil
import string

import pytest
from conftest import JitteryMock, rows

import selfinstruct as si
from selfinstruct.answering.cases import Case
from selfinstruct.answering.encodings import benchmark_prompt
from selfinstruct.answering.reading import answers
from selfinstruct.errors import DeclinedError, PoolBusyError, PoolError, RequestError, UsageError
from selfinstruct.journal import Journal
from selfinstruct.teachers import Reply

SETTINGS = si.AnswerSettings
KEYS = ["item", "sample", "instruction", "input", "output", "finish", "model", "as"]


@pytest.fixture(scope="session")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answered") / "p"
    si.generate(folder, target=120, teacher=si.Teacher("mock"))
    return folder


@pytest.fixture
def pool(grown, tmp_path):
    return shutil.copytree(grown, tmp_path / "p")


@pytest.fixture
def ask(tmp_path):
    """Answer a source; returns what came of it."""

    def run(source, teacher=None, *, into="a", concurrency=8, limits=None, confirm=None, **given):
        return si.answer(
            source,
            tmp_path / into,
            teacher=teacher or JitteryMock(),
            settings=SETTINGS(**given),
            limits=si.Limits(concurrency=concurrency, **(limits or {})),
            confirm=confirm,
        )

    return run


def content(result):
    return (result.folder / "answers.jsonl").read_bytes()


class Saying(JitteryMock):
    """Says one thing to everything."""

    def __init__(self, text, finish="stop", thoughts=""):
        super().__init__()
        self.text, self.finish, self.thoughts = text, finish, thoughts
        self.prompts = []

    async def complete(self, prompt):
        self.prompts.append(prompt)
        return Reply(self.text, self.finish, None, thoughts=self.thoughts)


# What is asked, and what stands in the file.


def test_every_instance_is_answered_so_often_in_the_order_of_items(pool, ask):
    result = ask(pool, sample=None, samples=3)
    found = rows(result.folder / "answers.jsonl")
    wanted = {
        f"{task.id}#{place}": (task.instruction, case.input)
        for task in si.open_pool(pool).tasks()
        for place, case in enumerate(task.instances)
    }
    assert [list(row) for row in found] == [KEYS] * len(found)
    assert len(found) == 3 * len(wanted) == result.answers
    assert [row["sample"] for row in found] == [0, 1, 2] * len(wanted)
    assert {row["item"] for row in found} == wanted.keys()
    for row in found:
        assert (row["instruction"], row["input"]) == wanted[row["item"]]
        assert (row["model"], row["as"]) == ("mock-en", "mock-en")
    assert sum(result.finishes.values()) == len(found)
    assert list(answers(result.folder)) == found


def test_one_answer_is_greedy_and_several_are_drawn_warm(pool, ask):
    once, thrice, told = Saying("x"), Saying("x"), Saying("x")
    ask(pool, once, sample=3)
    ask(pool, thrice, sample=3, samples=3, into="b")
    ask(pool, told, sample=3, samples=3, into="c", leading={"temperature": 1.2, "max_tokens": 9})
    assert {one.decoding.temperature for one in once.prompts} == {0}
    assert {one.decoding.temperature for one in thrice.prompts} == {0.7}
    assert {(p.decoding.temperature, p.decoding.max_tokens) for p in told.prompts} == {(1.2, 9)}
    assert sorted(one.sample for one in thrice.prompts) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    for prompt, row in zip(once.prompts, rows(pool.parent / "a" / "answers.jsonl"), strict=True):
        said = [row["instruction"], row["input"]] if row["input"] else [row["instruction"]]
        assert prompt.text.split("\n\n", len(said) - 1) == said


@pytest.mark.parametrize(
    ("text", "finish", "kind", "output"),
    [
        (" Blue. \n", "stop", "stop", "Blue."),
        ("Blue, and", "length", "length", "Blue, and"),
        ("", "stop", "empty", ""),
        ("", "length", "empty", ""),
        ("", "content_filter", "refused", ""),
        ("Blue.", "refusal", "refused", "Blue."),
        ("I'm sorry, but I cannot help with that.", "stop", "refused", None),
        ("Dear neighbour, I'm sorry to hear of your loss.", "stop", "stop", None),
        ("<think>hm</think>Blue.", "stop", "stop", "Blue."),
    ],
)
def test_how_an_answer_ended_stands_in_its_row(pool, ask, text, finish, kind, output):
    result = ask(pool, Saying(text, finish), sample=4)
    assert [row["finish"] for row in result.rows] == [kind] * 4
    assert {row["output"] for row in result.rows} == {text if output is None else output}
    assert result.finishes[kind] == 4


def test_a_model_that_never_answers_ends_the_run(pool, ask):
    result = ask(pool, Saying(""), sample=100)
    assert result.stopped is si.Stopped.TEACHER
    assert result.finishes["empty"] >= 20
    assert "are empty" in str(result.error)


class Failing(JitteryMock):
    """Fails for good about one sample of one text, until ``healed``."""

    healed = False

    def __init__(self, hated, sample):
        super().__init__()
        self.hated, self.sample = hated, sample

    async def complete(self, prompt):
        if not self.healed and self.hated in prompt.text and prompt.sample == self.sample:
            raise RequestError("It says no.")
        return await super().complete(prompt)


def test_one_sample_that_failed_takes_nothing_from_the_others(pool, ask):
    row = ask(pool, sample=30, samples=2).rows[14]
    teacher = Failing(row["instruction"], sample=2)
    failed = ask(pool, teacher, sample=30, samples=2, into="b")
    assert [one["finish"] for one in failed.rows].count("failed") == 1
    assert failed.rows[15] == {**row, "sample": 1, "output": "", "finish": "failed"} | {
        "error": "It says no."
    }
    teacher.healed = True
    again = ask(pool, teacher, sample=30, samples=2, into="b")
    assert again.usage.calls == 1
    assert again.finishes["failed"] == 0


def test_thoughts_are_written_where_they_are_wanted_and_bought_once(pool, ask):
    teacher = Saying("Blue.", thoughts="The sky.")
    assert all("reasoning" not in row for row in ask(pool, teacher, sample=3).rows)
    result = ask(pool, teacher, sample=3, keep_reasoning=True)
    assert [row["reasoning"] for row in result.rows] == ["The sky."] * 3
    assert len(teacher.prompts) == 3


# What is bought.


def test_more_samples_and_a_larger_sample_buy_just_the_rest(pool, ask):
    small = ask(pool, sample=20, samples=2)
    again = JitteryMock()
    assert content(ask(pool, again, sample=20, samples=2)) == content(small)
    assert again.calls == []
    more = JitteryMock()
    result = ask(pool, more, sample=20, samples=4)
    assert len(more.calls) == 2 * 20
    assert [row for row in result.rows if row["sample"] < 2] == list(small.rows)
    larger = JitteryMock()
    wide = ask(pool, larger, sample=30, samples=4)
    assert len(larger.calls) == 4 * 10
    assert list(wide.rows[: 4 * 20]) == list(result.rows)
    assert content(ask(pool, sample=20, samples=2)) == content(small)  # and back, for nothing


def test_the_rows_do_not_depend_on_concurrency_or_the_order_of_arrival(pool, ask):
    whole = content(ask(pool, concurrency=1, sample=60, samples=2))
    for at, concurrency in enumerate((8, 64)):
        teacher = JitteryMock(random.Random(at))
        other = ask(pool, teacher, into=f"b{at}", concurrency=concurrency, sample=60, samples=2)
        assert content(other) == whole


def test_the_file_is_made_again_from_the_replies(pool, ask):
    first = ask(pool, sample=40)
    whole = content(first)
    (first.folder / "answers.jsonl").unlink()
    silent = JitteryMock()
    assert content(ask(pool, silent, sample=40)) == whole
    (first.folder / "answers.jsonl").write_text("somebody wrote here\n")
    renamed = ask(pool, silent, sample=40, as_="teacher")
    assert content(renamed) == whole.replace(b'"as": "mock-en"', b'"as": "teacher"')
    assert silent.calls == []


def test_a_budget_ends_it_and_the_next_run_goes_on(pool, ask):
    whole = content(ask(pool, sample=60, into="whole"))
    first = ask(pool, sample=60, limits={"max_calls": 37}, concurrency=5)
    assert (first.stopped, first.usage.calls) == (si.Stopped.BUDGET, 37)
    assert len(rows(first.folder / "answers.jsonl")) == 37
    second = ask(pool, sample=60)
    assert (second.stopped, second.usage.calls) == (si.Stopped.TARGET, 23)
    assert content(second) == whole


def test_an_estimate_comes_first_and_may_be_declined(pool, ask):
    seen = []

    def decline(found):
        seen.append(found)
        return False

    teacher = JitteryMock()
    with pytest.raises(DeclinedError):
        ask(pool, teacher, sample=50, samples=2, confirm=decline)
    assert teacher.calls == []
    (found,) = seen
    assert (found.prompts, found.samples, found.left, found.taken) == (50, 2, 100, 0)
    costs = found.costs.row()
    assert costs["calls"] == {"low": 100, "likely": 100, "high": 100}
    done = ask(pool, teacher, sample=50, samples=2, confirm=lambda _: True)
    assert costs["prompt_tokens"]["low"] <= done.usage.prompt_tokens
    assert done.usage.prompt_tokens <= costs["prompt_tokens"]["high"]
    assert ask(pool, sample=50, samples=2, confirm=decline).usage.calls == 0  # nothing to ask


# The folder.


def test_answers_of_two_kinds_are_not_mixed(pool, ask, tmp_path):
    ask(pool, sample=5)
    other = tmp_path / "other.jsonl"
    other.write_text('{"instruction": "Name a river."}\n')
    for source, given, wanted in [
        (pool, {"samples": 2}, "decoding is"),
        (pool, {"api": "completions"}, "api is 'chat' there and 'completions' now"),
        (other, {}, "source is 'p' there and 'other.jsonl' now"),
    ]:
        with pytest.raises(PoolError, match="holds another set of answers") as error:
            ask(source, sample=5, **given)
        assert wanted in str(error.value)
    judged = si.judge(pool, teacher=JitteryMock(), settings=si.JudgeSettings(sample=2))
    with pytest.raises(PoolError, match="is of no set of answers, or damaged"):
        ask(pool, into=judged.folder)
    with pytest.raises(PoolError, match="is of no set of answers, or damaged"):
        ask(pool, into=pool)
    with pytest.raises(PoolError, match="is of no judging, or damaged"):
        si.judge(
            pool, teacher=JitteryMock(), settings=si.JudgeSettings(into=tmp_path / "a", sample=2)
        )
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(PoolError, match="holds something else"):
        ask(pool, into="full")
    with pytest.raises(UsageError, match=r"answers\.jsonl: is not there"):
        list(answers(tmp_path / "full"))
    with Journal.open(tmp_path / "a", lambda: "now"), pytest.raises(PoolBusyError):
        ask(pool, sample=5)


def test_the_pool_is_left_alone(pool, ask):
    before = {path.name: path.read_bytes() for path in pool.iterdir() if path.name != ".lock"}
    ask(pool, sample=20, pool=pool)
    assert {p.name: p.read_bytes() for p in pool.iterdir() if p.name != ".lock"} == before


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"samples": 0}, "--samples must be at least 1, not 0"),
        ({"sample": 0}, "--sample must be at least 1, not 0"),
        ({"encoding": "short"}, "--encoding is plain or definition or definition+2, not 'short'"),
        ({"encoding": "definition"}, "holds no task files of Super-NaturalInstructions"),
        ({"as_": " "}, "--as needs a name"),
        ({"where": "difficulty>=99"}, "holds nothing that could be answered"),
        ({"leading": {"temperature": 9}}, "temperature"),
        ({"pool": "nowhere"}, "holds no replies, so none can be taken over"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(pool, ask, given, wanted):
    with pytest.raises(UsageError) as error:
        ask(pool, **given)
    assert wanted in str(error.value)
    assert not (pool.parent / "a").exists()


# What a pool bought already.


@pytest.mark.parametrize("recipe", ["self-instruct", "alpaca"])
def test_answers_that_a_pool_bought_cost_nothing(ask, tmp_path, recipe):
    folder = tmp_path / "s"
    settings = si.PoolSettings(recipe=recipe, samples=4, keep="all")
    si.generate(folder, target=30, teacher=si.Teacher("mock"), settings=settings)
    fresh = JitteryMock()
    result = ask(folder, fresh, sample=None, samples=3, pool=folder)
    assert fresh.calls == []
    assert result.taken == result.answers == 3 * result.prompts
    assert result.usage.calls == result.usage.prompt_tokens == 0
    usable = {
        f"{task.id}#{place}": case.model_extra["samples"]
        for task in si.open_pool(folder).tasks()
        for place, case in enumerate(task.instances)
    }
    found = [row for row in result.rows if row["finish"] == "stop"]
    known = sum(row["output"] in usable[row["item"]] for row in found)
    assert known > 0.95 * len(found) > 0  # the rules for instances refuse a few
    more = ask(folder, fresh, sample=None, samples=4, pool=folder)
    assert len(fresh.calls) == more.prompts == more.usage.calls  # the fourth was never asked
    assert more.taken == 0
    bought = ask(folder, sample=None, samples=4, into="bought")
    assert bought.usage.calls > 0


def test_answers_of_another_model_are_not_taken_over(ask, tmp_path):
    folder = tmp_path / "s"
    si.generate(folder, target=10, teacher=si.Teacher("mock"), settings=si.PoolSettings(samples=2))
    other = JitteryMock()
    other.model = "another"
    result = ask(folder, other, samples=2, pool=folder, sample=None)
    assert (result.taken, len(other.calls)) == (0, result.answers)


# The benchmark.


def transcribed(instance, pos):
    """What ``ni_collator.py`` of Tk-Instruct makes of an instance, written down plainly."""
    task_input = "Now complete the following example -\n"
    task_input += f"Input: {instance['Instance']['input'].strip()}"
    if task_input[-1] not in string.punctuation:
        task_input += "."
    task_input += "\n"
    task_input += "Output: "
    definition = "Definition: " + instance["Definition"][0].strip()
    if definition[-1] not in string.punctuation:
        definition += "."
    definition += "\n\n"
    shown = []
    for number, example in enumerate(instance["Positive Examples"][:pos]):
        text = f" Positive Example {number + 1} -\n"
        text += f"Input: {example['input'].strip()}"
        if text[-1] not in string.punctuation:
            text += "."
        text += "\n"
        text += f" Output: {example['output'].strip()}"
        if text[-1] not in string.punctuation:
            text += "."
        text += "\n"
        text += "\n"
        shown.append(text)
    return definition + "".join(shown) + task_input


def task_file(name, instances, examples=3):
    return {
        "Definition": [f"  Say what {name} is"],
        "Categories": ["Question Answering"],
        "Positive Examples": [
            {"input": f"p{n}?", "output": f"o{n}", "explanation": "so"} for n in range(examples)
        ],
        "Negative Examples": [],
        "Instances": [
            {
                "id": f"{name}-{n}",
                "input": f"{name} {n}{'?' * (n % 2)}" * (n > 0),
                "output": [str(n), "x"],
            }
            for n in range(instances)
        ],
    }


@pytest.fixture
def collection(tmp_path):
    """A small collection with its list of tests; returns the content of its files, by name."""
    made = {f"task{n:03d}_made": task_file(f"task {n}", 130 if n == 2 else 3) for n in range(1, 6)}
    made["task004_made"]["Positive Examples"] = []
    (tmp_path / "ni" / "tasks").mkdir(parents=True)
    (tmp_path / "ni" / "splits" / "default").mkdir(parents=True)
    for name, content_ in made.items():
        (tmp_path / "ni" / "tasks" / f"{name}.json").write_text(json.dumps(content_, indent=1))
    listed = "task002_made\ntask005_made\n"
    (tmp_path / "ni" / "splits" / "default" / "test_tasks.txt").write_text(listed)
    return made


@pytest.mark.parametrize(("encoding", "shown"), [("definition", 0), ("definition+2", 2)])
def test_the_benchmark_is_asked_as_its_authors_asked(collection, ask, tmp_path, encoding, shown):
    teacher = Saying("Yes.")
    result = ask(tmp_path / "ni", teacher, encoding=encoding, sample=None, concurrency=1)
    wanted = {
        f"{name}#{place}": transcribed({**content_, "Instance": instance}, shown)
        for name, content_ in collection.items()
        for place, instance in enumerate(content_["Instances"][:100])
    }
    assert len(result.rows) == 100 + 4 * 3
    asked = [prompt.text for prompt in teacher.prompts]
    assert asked == [wanted[row["item"]] for row in result.rows]
    assert {p.decoding.max_tokens for p in teacher.prompts} == {128}
    assert {p.decoding.temperature for p in teacher.prompts} == {0}
    for row in result.rows:
        name, _, place = row["item"].partition("#")
        assert row["input"] == collection[name]["Instances"][int(place)]["input"]


def test_a_definition_that_ends_a_sentence_gets_no_second_full_stop():
    case = Case("x#0", "Say it!", "What?", examples=())
    assert benchmark_prompt(case, 2) == (
        "Definition: Say it!\n\nNow complete the following example -\nInput: What?\nOutput: "
    )


@pytest.mark.usefixtures("collection")
def test_a_list_of_the_collection_names_what_is_asked(ask, tmp_path):
    source = tmp_path / "ni" / "splits" / "default" / "test_tasks.txt"
    result = ask(source, Saying("Yes."), encoding="definition", sample=None)
    assert {row["item"].partition("#")[0] for row in result.rows} == {
        "task002_made",
        "task005_made",
    }
    source.write_text("task009_made\n")
    with pytest.raises(UsageError, match="names task009_made, and there is no"):
        ask(source, Saying("Yes."), encoding="definition", into="b")


def test_task_files_may_be_asked_plainly_too(collection, ask, tmp_path):
    teacher = Saying("Yes.")
    result = ask(tmp_path / "ni", teacher, sample=2, concurrency=1)
    assert [prompt.text.strip() for prompt in teacher.prompts] == [
        "\n\n".join(filter(None, (row["instruction"].strip(), row["input"]))) for row in result.rows
    ]
    assert {prompt.decoding.max_tokens for prompt in teacher.prompts} == {2048}
    assert len({row["item"] for row in result.rows}) == 2
    assert set(collection) > {row["item"].partition("#")[0] for row in result.rows}


# The verb.


def test_the_verb_says_what_it_asks_and_what_came(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 40, "--quiet", check=0)
    arguments = ("answer", "p", "--into", "a", "--teacher", "mock", "--samples", 2)
    done = inside(*arguments, "--sample", 30, "--yes", check=0)
    assert done.stdout == ""
    assert "30 prompts are answered, 2 times each; 60 requests are still to be made." in done.stderr
    assert "a/answers.jsonl" in done.stderr
    again = inside(*arguments, "--sample", 30, "--json", "--as", "me", check=0)
    row = json.loads(again.stdout)
    assert (row["calls"], row["answers"], row["prompts"], row["name"]) == (0, 60, 30, "me")
    assert row["finishes"].keys() == {"stop", "length", "refused", "empty", "failed"}
    done = inside(*arguments, "--all", "--max-calls", 7, "--quiet")
    assert done.returncode == 3
    assert len(rows(tmp_path / "a" / "answers.jsonl")) == 60 + 7


def test_settings_of_the_verb_stand_in_its_table(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--quiet", check=0)
    (tmp_path / "selfinstruct.toml").write_text(
        'teacher = "mock"\nsamples = 3\n\n[answer]\nsample = 6\nsamples = 2\n'
        "[decoding.answer]\nmax_tokens = 5\n"
    )
    row = json.loads(inside("answer", "p", "--into", "a", "--json", check=0).stdout)
    assert (row["prompts"], row["samples"]) == (6, 2)
    assert row["finishes"]["length"] > 0
