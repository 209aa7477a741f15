"""``report``: the same set gives the same bytes, whatever else goes on."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import EXAMPLES, made_with, rows, sources
from pools import pool_of, task

import selfinstruct as si
from selfinstruct.errors import InterruptionError, SettingsError, UsageError
from selfinstruct.pool import Pool
from selfinstruct.pool.manifest import read_manifest

GOLDEN = Path(__file__).parent / "data" / "reports"
POOLS = Path(__file__).parent / "data" / "pools" / "0.1"
ALPACA = [
    {"instruction": "Name a river.", "input": "", "output": "The Rhine."},
    {"instruction": "Name a lake.", "input": "N/A", "output": "Como."},
    {"instruction": "Name a lake.", "input": "in Italy", "output": "Garda."},
]


def written(folder, source, **more):
    folder.mkdir()
    si.report(source, folder / "page.html", **more)
    return (folder / "page.json").read_bytes(), (folder / "page.html").read_bytes()


@pytest.mark.parametrize("name", ["self-instruct", "korean", "evolve"])
def test_a_pool_of_an_earlier_version_gives_the_report_that_it_always_gave(tmp_path, name):
    # UPDATE_DOCS=1 writes it down anew.
    shutil.copytree(POOLS / name, tmp_path / name)
    told, _ = written(tmp_path / "a", tmp_path / name, tasks=3)
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_DOCS"):
        golden.write_bytes(told)
    assert told == golden.read_bytes()


def test_the_same_pool_gives_the_same_bytes_wherever_it_lies(grow, tmp_path):
    folder, _, _ = grow("pool", 60)
    shutil.copytree(folder, tmp_path / "elsewhere" / "pool")
    here = written(tmp_path / "a", folder)
    assert written(tmp_path / "b", tmp_path / "elsewhere" / "pool") == here
    for said in here:
        assert str(tmp_path).encode() not in said
        assert b"2000-01-01" not in said  # the time of its commits


def test_every_number_of_the_page_stands_in_the_json(grow, tmp_path):
    folder, _, _ = grow("pool", 40)
    result = si.report(folder, tmp_path / "page.html")
    told = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(result.facts))
    status = si.status(folder)
    assert told["counts"]["tasks"] == status.tasks == 40
    assert told["counts"]["instances"] == status.instances
    assert told["rejects"]["n"] == status.rejects
    found = {row["reason"]: row["count"] for row in told["rejects"]["reasons"]}
    assert found == dict(status.rejected)
    assert told["yield"]["calls"] == status.usage.calls
    assert told["yield"]["accepted_per_100"] == list(status.yield_curve)
    assert {row["step"]: row["calls"] for row in told["stages"]} == {
        step: row["calls"] for step, row in status.steps.items()
    }
    spent = [point["tokens_per_task"] for point in told["yield"]["per_task"]]
    assert min(spent) <= told["yield"]["tokens_per_task"] <= max(spent)


@pytest.mark.parametrize("language", ["ko", "ja", "zh"])
def test_pools_of_other_languages_have_reports(grow, tmp_path, language):
    folder, _, _ = grow("pool", 12, data=made_with(seed=1, language=language))
    told = si.report(folder, tmp_path / "page.html").facts
    assert told["counts"]["unit"] == "characters"
    assert ("verbs" in told) == (language != "zh")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f'lang="{language}"' in text
    assert told["sample"]["tasks"][0]["instruction"][:10] in text


def test_an_evolved_pool_tells_of_its_rounds(grow, tmp_path):
    data = made_with(seed=1, recipe="evolve", sources=sources(10), rounds=2, difficulty=True,
                     skills=True)  # fmt: skip
    folder, _, _ = grow("pool", 15, data=data)
    told = si.report(folder, tmp_path / "page.html").facts["evolution"]
    status = si.status(folder).evolution
    assert {row["round"]: row["kept"] for row in told["rounds"]} == {
        key: row["kept"] for key, row in status["rounds"].items()
    }
    for row, plain in zip(told["difficulty"], told["rounds"], strict=True):
        assert row["mean"] == pytest.approx(plain["mean_difficulty"], abs=0.006)
        assert row["low"] <= row["mean"] <= row["high"]
        assert sum(row["bars"]) == row["n"]
    assert told["skills"]["n"] == 15


def test_a_pool_judged_on_inputs_is_compared_by_them(grow, tmp_path):
    data = made_with(seed=1, recipe="targeted", seeds=EXAMPLES)
    folder, _, _ = grow("pool", 8, data=data)
    told = si.report(folder, tmp_path / "page.html").facts
    assert told["nearest_other"]["mean"] < 1  # the instruction is the same everywhere
    inputs = {row["instances"][0]["input"] for row in rows(folder / "tasks.jsonl")}
    assert told["nearest_seed"]["pairs"][0]["text"] in inputs


def test_any_set_that_import_reads_has_a_report(tmp_path):
    path = tmp_path / "set.json"
    path.write_text(json.dumps(ALPACA), encoding="utf-8")
    told = si.report(path, tmp_path / "page.html").facts
    assert told["counts"] | {"format": "alpaca", "tasks": 3, "empty_inputs": 2} == told["counts"]
    assert told["left_out"].keys() >= {"rejects", "yield", "seeds_used", "nearest_seed", "stages"}
    (tmp_path / "faq.csv").write_text("Q,A\nWhich moon is largest?,Ganymede.\n", encoding="utf-8")
    named = {"instruction": "Q", "output": "A"}
    one = si.report(tmp_path / "faq.csv", tmp_path / "faq.html", columns=named)
    assert (one.tasks, one.facts["name"]) == (1, "faq.csv")


def test_rows_that_cannot_be_read_are_counted(tmp_path):
    path = tmp_path / "set.jsonl"
    lines = [json.dumps(row) for row in ALPACA]
    path.write_text("\n".join([*lines, "no json", '{"x": 1}']) + "\n", encoding="utf-8")
    assert si.report(path, tmp_path / "page.html").facts["counts"]["skipped"] == 2
    path.write_text("no json\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not a JSON object"):
        si.report(path, tmp_path / "page.html", format="alpaca")


def test_a_pool_that_grows_is_told_as_far_as_it_is_committed(grow, tmp_path):
    folder, _, _ = grow("pool", 20)
    before = written(tmp_path / "a", folder)
    for name in ("tasks.jsonl", "rejects.jsonl"):
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        with (folder / name).open("ab") as file:
            file.write(lines[0] + lines[1][:40])  # a commit that is being written
    with (folder / "ledger.jsonl").open("ab") as file:
        file.write(b'{"time": "20')
    assert written(tmp_path / "b", folder) == before


def test_nothing_is_locked_or_touched(grow, tmp_path):
    folder, _, _ = grow("pool", 10)

    def state():
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns)
                for path in folder.iterdir()}  # fmt: skip

    before = state()
    manifest = read_manifest(folder)
    with Pool(folder, manifest, manifest, "", lambda: "2000"):
        assert si.report(folder, tmp_path / "page.html").tasks == 10
    assert state() == before


def test_an_earlier_report_is_replaced_and_nothing_else(grow, tmp_path):
    folder, _, _ = grow("pool", 5)
    page, beside = tmp_path / "page.html", tmp_path / "page.json"
    si.report(folder, page)
    si.report(folder, page)
    beside.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"page\.json: is there already"):
        si.report(folder, page)
    page.write_text("<!doctype html>\nmine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"page\.html: is there already"):
        si.report(folder, page)
    assert page.read_text(encoding="utf-8").endswith("mine")
    si.report(folder, page, force=True)
    with pytest.raises(SettingsError, match="lies in the pool"):
        si.report(folder, folder / "page.html")
    with pytest.raises(UsageError, match="-o names the page"):
        si.report(folder, tmp_path / "page2.json")


def test_two_pools_stand_in_one_report(grow, tmp_path):
    left, _, _ = grow("left", 12)
    right, _, _ = grow("right", 9, data=made_with(seed=2))
    told = si.report(left, tmp_path / "page.html", against=right).facts
    assert (told["counts"]["tasks"], told["against"]["counts"]["tasks"]) == (12, 9)
    alone = si.report(right, tmp_path / "right.html").facts
    assert told["against"] == alone


def test_nonsense_is_refused_before_anything_is_read(tmp_path):
    for wrong in ({"verbs": "best"}, {"sample": 0}, {"tasks": -1}):
        with pytest.raises(SettingsError):
            si.report(tmp_path / "none", tmp_path / "page.html", **wrong)
    with pytest.raises(SettingsError, match="only once"):
        si.report("-", tmp_path / "page.html", against="-")


def test_a_pool_without_tasks_has_a_report(tmp_path):
    folder = pool_of(tmp_path / "pool", [])
    (folder / "seeds.jsonl").write_text(
        json.dumps(task("Write.", ("", "x")).model_dump(mode="json", exclude={"provenance"}))
        + "\n",
        encoding="utf-8",
    )
    result = si.report(folder, tmp_path / "page.html")
    assert result.tasks == 0
    assert "There are no tasks yet." in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_stop_ends_it_and_nothing_is_written(grow, tmp_path):
    folder, _, _ = grow("pool", 5)
    stop = si.Stop()
    stop.set()
    with pytest.raises(InterruptionError):
        si.report(folder, tmp_path / "page.html", stop=stop)
    assert list(tmp_path.iterdir()) == [folder]


def test_what_was_judged_is_told_with_the_texts_of_the_worst(grow, inside, tmp_path):
    folder, _, _ = grow("pool", 20)
    for rubric in ("validity", "score"):
        inside("judge", folder, "--rubric", rubric, "--teacher", "mock", "--sample", 10,
               "--controls", 4, "--yes", "--quiet", check=0)  # fmt: skip
    told = si.report(folder, tmp_path / "page.html").facts["judgements"]
    assert [one["rubric"] for one in told] == ["score", "validity"]
    told_of = si.status(folder).judgements
    for one, glance in zip(told, told_of, strict=True):
        assert one["judged"] == glance.judged
        for row in one["shares"]:
            share = glance.summary.row()["shares"][row["question"]][row["value"]]
            assert (row["share"], row["low"], row["n"]) == (
                pytest.approx(share["share"], abs=1e-4), pytest.approx(share["low"], abs=1e-4),
                share["n"])  # fmt: skip
    texts = {row["id"]: row["instruction"] for row in rows(folder / "tasks.jsonl")}
    for bad in told[1]["worst"]:
        assert bad["text"] == texts[bad["item"].partition("#")[0]]
    named = si.report(folder, tmp_path / "page.html", judgements=told[1]["name"])
    assert [one["rubric"] for one in named.facts["judgements"]] == ["validity"]
    with pytest.raises(UsageError, match="no judging 'nope'"):
        si.report(folder, tmp_path / "page.html", judgements=["nope"])
