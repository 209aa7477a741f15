"""Items of a benchmark are found in three ways, and taken out without losing anything."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pools import task

from selfinstruct import jsonl
from selfinstruct.bootstrap import Source
from selfinstruct.filters.contamination import Benchmark, By
from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.pool import Accepted, look, removing, scan


@pytest.fixture
def program(inside):
    return inside


LONG = "Please tell me in a few plain words why the evening sky over the harbour turns red"


def benchmark(*items, words=13):
    found = Benchmark(NoveltyIndex(tokenizer("rouge"), 0.7), words)
    for item in items:
        found.add([item])
    return found


def ways(found, text):
    return {hit.by: hit.score for hit in found.hits([text])}


def test_equal_but_for_case_and_punctuation():
    assert ways(benchmark("What is it?"), "what  IS it")[By.EQUAL] == 1


def test_a_run_of_thirteen_words_inside_a_longer_text():
    inside = " ".join(LONG.split()[2:15])
    found = ways(benchmark(LONG), f"First do this and that with care, and then {inside.upper()}!")
    assert set(found) == {By.NGRAM}
    assert By.NGRAM not in ways(benchmark(LONG), " ".join(LONG.split()[2:14]))


def test_a_near_text_by_rouge():
    near = LONG.replace("evening", "morning").replace("red", "grey").replace("plain", "short")
    assert set(ways(benchmark(LONG), near)) == {By.ROUGE}


def test_scripts_without_spaces_are_compared_by_character():
    item = "請用簡單的話說明為什麼港口上方的晚霞是紅色的"
    assert By.NGRAM in ways(benchmark(item), f"在開始之前{item[3:18]}然後再說")


@given(st.lists(st.text("ab c", max_size=30), max_size=6), st.text("ab c", max_size=30))
@settings(deadline=None)
def test_runs_are_found_as_a_slow_search_finds_them(items, text):
    found = set(ways(benchmark(*items, words=3), text))

    def runs(words):
        return {tuple(words[n : n + 3]) for n in range(len(words) - 2)}

    slow = any(runs(item.split()) & runs(text.split()) for item in items)
    assert found or not slow  # of an item the plainest way is told
    assert slow or By.NGRAM not in found


@pytest.fixture
def contaminated(grow, tmp_path):
    """A pool of which 18 tasks are a benchmark's, and the benchmark."""
    pool, _, _ = grow("pool", 60)
    rows = [json.loads(line) for line in (pool / "tasks.jsonl").read_text().splitlines()]
    chosen = rows[3:39:2]
    path = tmp_path / "bench.jsonl"
    path.write_text(
        jsonl.lines(
            {"idx": n, "Skill": "x", "Difficulty": 1, "Instruction": row["instruction"].upper()}
            for n, row in enumerate(chosen)
        )
    )
    return pool, path, chosen


def test_every_item_is_found_and_reported_with_both_texts(contaminated, program, tmp_path):
    pool, path, chosen = contaminated
    done = program(
        "decontaminate", pool, "--against", path, "--report", "r.jsonl", "--json", check=0
    )
    said = json.loads(done.stdout)
    hits = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    equal = {hit["task"] for hit in hits if hit["by"] == "equal"}
    assert equal == {row["id"] for row in chosen}
    assert said["contaminated"] >= 18
    assert said["removed"] == 0
    one = next(hit for hit in hits if hit["by"] == "equal")
    assert one["task_text"].upper() == one["item_text"]
    assert one["item"].startswith(f"{path}:")


def test_a_set_seeded_with_a_benchmarks_own_items_is_caught(program, tmp_path):
    test_set = [
        {"idx": n, "Skill": "x", "Difficulty": 1, "Instruction": f"{LONG} on day {n} of the trip?"}
        for n in range(218)
    ]
    path = tmp_path / "bench.jsonl"
    path.write_text(jsonl.lines(test_set))
    program("import", path, "--into", "p", "--no-filter", check=0)
    done = program("decontaminate", "p", "--against", path, "--json", check=0)
    said = json.loads(done.stdout)
    assert (said["items"], said["tasks"], said["contaminated"]) == (218, 218, 218)
    assert said["by"]["equal"] == 218


def test_several_benchmarks_in_one_go(contaminated, program, tmp_path):
    pool, path, _ = contaminated
    other = tmp_path / "other.csv"
    other.write_text("question,answer\nWho was it?,me\n")
    done = program("decontaminate", pool, "--against", path, other, "--json", check=0)
    assert json.loads(done.stdout)["items"] == 19


def test_seeds_are_looked_at_too(grow, program, tmp_path):
    pool, _, _ = grow("pool", 10)
    seed = json.loads((pool / "seeds.jsonl").read_text().splitlines()[7])
    path = tmp_path / "bench.jsonl"
    path.write_text(jsonl.lines([{"question": seed["instruction"], "answer": "x"}]))
    done = program("decontaminate", pool, "--against", path, "--json", check=0)
    assert json.loads(done.stdout)["contaminated_seeds"] == [seed["id"]]


def test_what_is_taken_out_is_kept_whole_and_does_not_come_back(contaminated, program, grow):
    pool, path, chosen = contaminated
    before = [json.loads(line) for line in (pool / "tasks.jsonl").read_text().splitlines()]
    done = program("decontaminate", pool, "--against", path, "--remove", "--json", check=0)
    gone = json.loads(done.stdout)["removed"]
    after = [json.loads(line) for line in (pool / "tasks.jsonl").read_text().splitlines()]
    rejects = [json.loads(line) for line in (pool / "rejects.jsonl").read_text().splitlines()]
    removed = [row["detail"]["task"] for row in rejects if row["reason"] == "contaminated"]
    assert len(after) == 60 - gone
    assert {row["id"] for row in after} | {row["id"] for row in removed} == {
        row["id"] for row in before
    }
    assert {row["id"] for row in chosen} <= {row["id"] for row in removed}
    program("validate", pool, check=0)
    assert look(pool).position.tasks == 60 - gone
    assert look(pool).accepted == 60 - gone
    grow("pool", 90)
    grown = [json.loads(line) for line in (pool / "tasks.jsonl").read_text().splitlines()]
    assert len(grown) == 90
    assert grown[: len(after)] == after
    assert not {row["instruction"] for row in removed} & {row["instruction"] for row in grown}
    done = program("decontaminate", pool, "--against", path, "--json", check=0)
    assert json.loads(done.stdout)["by"].get("equal", 0) == 0


@pytest.mark.parametrize("at", ["before the ledger", "before the move", "after"])
def test_a_removal_cut_short_is_undone_or_finished(contaminated, program, tmp_path, at):
    pool, path, _ = contaminated
    twin = tmp_path / "twin"
    shutil.copytree(pool, twin)
    program("decontaminate", twin, "--against", path, "--remove", check=0)
    goal = {
        "before the ledger": (pool / "tasks.jsonl").read_bytes(),
        "before the move": (twin / "tasks.jsonl").read_bytes(),
        "after": (twin / "tasks.jsonl").read_bytes(),
    }[at]
    # As far as the removal had come: the files of the twin, in the order in which they change.
    if at == "before the ledger":
        shutil.copy(twin / "tasks.jsonl", pool / "tasks.jsonl.next")
        shutil.copy(twin / "rejects.jsonl", pool / "rejects.jsonl")
    else:
        shutil.copy(twin / "rejects.jsonl", pool / "rejects.jsonl")
        shutil.copy(twin / "ledger.jsonl", pool / "ledger.jsonl")
        name = "tasks.jsonl.next" if at == "before the move" else "tasks.jsonl"
        shutil.copy(twin / "tasks.jsonl", pool / name)
    removing.finish(pool)
    assert (pool / "tasks.jsonl").read_bytes()[: len(goal)] == goal
    assert not (pool / "tasks.jsonl.next").exists()
    assert scan(pool).position.tasks == goal.count(b"\n")
    program("generate", pool, "--teacher", "mock", "--seed", 1, "--target", 70, "--quiet", check=0)
    assert (pool / "tasks.jsonl").read_bytes().startswith(goal)
    program("validate", pool, check=0)


def test_a_pool_cut_back_behind_a_removal_is_refused(contaminated, program):
    pool, path, _ = contaminated
    program("decontaminate", pool, "--against", path, "--remove", check=0)
    size = (pool / "tasks.jsonl").stat().st_size
    os.truncate(pool / "tasks.jsonl", size // 2)
    done = program("generate", pool, "--teacher", "mock", "--target", 80, "--seed", 1, check=2)
    assert "has lost what stood there when tasks were imported or taken out" in done.stderr


def test_damage_before_and_after_a_removal_is_noticed(contaminated, program):
    pool, path, _ = contaminated
    program("decontaminate", pool, "--against", path, "--remove", check=0)
    program("generate", pool, "--teacher", "mock", "--target", 70, "--seed", 1, check=0)
    whole = (pool / "tasks.jsonl").read_bytes()
    for place in (len(whole) // 10, len(whole) - 40):
        (pool / "tasks.jsonl").write_bytes(whole[:place] + b"~" + whole[place + 1 :])
        done = program("validate", pool, check=2)
        assert "damaged" in done.stdout, place


def test_replies_in_store_are_not_bought_again_after_a_removal(grow, program, tmp_path):
    def rows(name):
        return [json.loads(line) for line in (folder / name).read_text().splitlines()]

    folder = tmp_path / "p"
    run = ["--teacher", "mock", "--seed", 1, "--target", 90, "--max-calls", 130]
    program("generate", folder, *run, "--concurrency", 64, check=3)
    ahead = {row["request"] for row in rows("replies.jsonl") if row["step"] == "instructions"}
    assert max(ahead) > look(folder).position.request + 1, "nothing was asked ahead"
    path = tmp_path / "bench.jsonl"
    path.write_text(
        jsonl.lines(
            {"question": row["instruction"], "answer": "x"} for row in rows("tasks.jsonl")[:9]
        )
    )
    program("decontaminate", folder, "--against", path, "--remove", check=0)
    grow("p", 80)
    numbers = [row["request"] for row in rows("replies.jsonl") if row["step"] == "instructions"]
    assert len(numbers) == len(set(numbers))


def test_a_crash_before_the_move_is_healed_by_those_who_look(contaminated, program):
    pool, path, _ = contaminated
    before = (pool / "tasks.jsonl").read_bytes()
    program("decontaminate", pool, "--against", path, "--remove", check=0)
    shutil.copy(pool / "tasks.jsonl", pool / "tasks.jsonl.next")
    (pool / "tasks.jsonl").write_bytes(before)
    program("export", pool, "--format", "alpaca", "-o", "x.jsonl", check=0)
    program("validate", pool, check=0)
    done = program("decontaminate", pool, "--against", path, "--remove", "--json", check=0)
    assert json.loads(done.stdout)["by"].get("equal", 0) == 0


def test_what_replies_do_not_make_again_is_not_taken_back(contaminated, program, tmp_path):
    pool, path, _ = contaminated
    imported = tmp_path / "imported"
    shutil.copytree(pool, imported)
    program("decontaminate", pool, "--against", path, "--remove", check=0)
    program("import", path, "--into", imported, "--no-filter", check=0)
    grow = ["--teacher", "mock", "--seed", 1, "--target", 90]
    for folder in (pool, imported):
        cut = tmp_path / f"cut-{folder.name}"
        shutil.copytree(folder, cut)
        os.truncate(cut / "tasks.jsonl", (cut / "tasks.jsonl").stat().st_size - 1)
        done = program("generate", cut, *grow, check=2)
        assert "stored replies do not make again" in done.stderr
        (folder / "ledger.jsonl").unlink()
        done = program("generate", folder, *grow, check=2)
        assert "Restore it from a copy" in done.stderr


def test_korean_items_are_found_whatever_their_spacing():
    item = "눈이 녹는 이른 봄 산길에서 만난 속기사에게 건넬 인사말을 정중하게 지어 주세요"
    found = Benchmark(NoveltyIndex(tokenizer("unicode"), 0.75))
    found.add([item])
    assert ways(found, item.replace(" ", ""))[By.EQUAL] == 1
    assert By.NGRAM in ways(
        found, f"먼저 손을 씻고 자리에 앉은 다음에 {item[:40]} 그리고 나서 쉬세요 아주 길게"
    )


def test_a_removal_in_the_middle_of_an_import_keeps_the_order(program, tmp_path):
    rows = [
        {"instruction": f"Tell me all about {word} in the old harbour.", "output": "x"}
        for word in ("cranes", "herring", "ropes", "fog", "lamps", "barrels", "nets", "gulls")
    ]
    (tmp_path / "x.jsonl").write_text(jsonl.lines(rows))
    (tmp_path / "bench.jsonl").write_text(jsonl.lines([rows[3]]))
    program("import", "x.jsonl", "--into", "p", "--no-filter", check=0)

    def order():
        return [one.instruction for one in scan(tmp_path / "p").accepted]

    before = order()
    program("decontaminate", "p", "--against", "bench.jsonl", "--remove", "--threshold", 1, check=0)
    assert before == order() == [row["instruction"] for row in rows]


def test_short_inputs_and_answers_tell_nothing(program, grow, tmp_path):
    pool, _, _ = grow("pool", 10)
    rows = [json.loads(line) for line in (pool / "tasks.jsonl").read_text().splitlines()]
    label = min((row["instances"][0]["output"] for row in rows), key=len)
    path = tmp_path / "bench.jsonl"
    path.write_text(
        jsonl.lines([{"instruction": "Which town is it?", "input": label, "output": "x"}])
    )
    done = program("decontaminate", pool, "--against", path, "--json", check=0)
    assert json.loads(done.stdout)["contaminated"] == 0


def test_requests_that_had_been_asked_go_on_seeing_what_was_taken_out():
    texts = {0: "a", -1: "gone", 1: "b", 2: "c"}
    source = Source([], 0, lambda row: task(texts[row], ("", "x")))
    source.add(Accepted(0, 0, "a", "task_a", row=0))
    source.add(Accepted(0, 1, "gone", "task_gone", row=-1, until=3))
    source.add(Accepted(1, 0, "b", "task_b", row=1))
    source.add(Accepted(5, 0, "c", "task_c", row=2))

    def seen(visible):
        view = source.view(visible)
        assert [one.instruction for one in view.machine[: view.count]] == [
            view.finished(place).instruction for place in range(view.count)
        ]
        return "".join(one.instruction[0] for one in view.machine[: view.count])

    assert [seen(visible) for visible in (0, 1, 3, 4, 6)] == ["", "ag", "agb", "ab", "abc"]
