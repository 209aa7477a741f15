"""Verdicts by blocks and several workers: those of one process, whatever blocks and slices."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAM, environment
from hypothesis import given
from hypothesis import strategies as st
from working import always_ends, doubled, ends, wrong

import selfinstruct as si
from selfinstruct.engines import Cores, Here
from selfinstruct.engines.processes import Processes
from selfinstruct.errors import IdleError, SettingsError, UsageError, WorkerError
from selfinstruct.filters import screening
from selfinstruct.filters.nearness import Nearness
from selfinstruct.formats import sifting
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.novelty.blocks import Blocks
from selfinstruct.novelty.coded import Codes, spoken
from selfinstruct.novelty.postings import LONGEST
from selfinstruct.novelty.scoring import Bar, with_ties
from selfinstruct.seeds import load_seeds

WORDS = ["name", "three", "rivers", "in", "peru", "and", "say", "where", "they", "flow"]
TOKENS = tokenizer("rouge")


class Sliced(Here):
    """This process, to which work is given in as many slices as for many workers."""

    workers = 5


def mixed(count, seed=7):
    """Instructions, chains of near copies, heaps of equal ones, long ones and empty ones."""
    rng = random.Random(seed)
    seeds = [task.instruction.split() for task in load_seeds(load("en").seeds)]
    made = []
    for _ in range(count):
        kind = rng.random()
        words = list(rng.choice(seeds))
        if kind < 0.3 and made:
            words = rng.choice(made[-40:]).split()  # a chain: near to one that is near to one …
        elif kind < 0.5 and made:
            made.append(rng.choice(made[:5]))
            continue
        elif kind < 0.52:
            words = words * (LONGEST // max(1, len(words)) + 2)
        elif kind < 0.54:
            words = ["…"]
        for _ in range(rng.randrange(3)):
            if words:
                words[rng.randrange(len(words))] = rng.choice(rng.choice(seeds))
        made.append(" ".join(words))
    return made


def one_by_one(texts, bar, known=()):
    """Verdicts as the loop of a run gives them."""
    near = Nearness(below=bar.below, least=bar.least)
    index = NoveltyIndex(TOKENS, bar.threshold)
    spared = near.spared(TOKENS) or (lambda *_: False)
    kept = list(known)
    index.add_many(known)
    found = []
    for text in texts:
        if bar.below:
            every = index.near(text)
            match = next((m for m in every if not spared(text, kept[m.row], m.score)), None)
        else:
            match = index.nearest(text)
        if match is None:
            index.add(text)
            kept.append(text)
        found.append(match)
    return found


@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=60),
    known=st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=10),
    cuts=st.lists(st.integers(1, 30), max_size=8),
    bar=st.sampled_from(
        [Bar(0.3), Bar(0.7), Bar(1.0), Bar(0.5, 6, with_ties(0.75)), Bar(0.6, 99, with_ties(0.8))]
    ),
)
def test_blocks_of_any_size_say_what_one_by_one_says(texts, known, cuts, bar):
    blocks = Blocks(Sliced(), bar)
    blocks.keep(map(TOKENS.tokenize, known))
    found, rest = [], list(texts)
    for cut in [*cuts, len(texts) + 1]:
        part, rest = rest[:cut], rest[cut:]
        found += blocks.judge(map(TOKENS.tokenize, part))
    assert found == one_by_one(texts, bar, known)


@pytest.mark.parametrize(
    ("size", "bar"), [(150, Bar(0.7)), (5000, Bar(0.7)), (400, Bar(0.6, 12, with_ties(0.85)))]
)
def test_real_texts_copies_chains_and_long_ones_are_judged_alike(size, bar):
    texts = mixed(2500)
    blocks = Blocks(Sliced(), bar)
    found = []
    for first in range(0, len(texts), size):
        found += blocks.judge(map(TOKENS.tokenize, texts[first : first + size]))
    expected = one_by_one(texts, bar)
    assert found == expected
    assert 300 < sum(match is None for match in expected) < 1200


@given(st.lists(st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=5), max_size=4))
def test_equal_tokens_have_equal_codes_in_all_parts(parts):
    coded = Codes().of(spoken(part) for part in parts)
    texts = [text for part in parts for text in part]
    names = {}
    for place, text in enumerate(texts):
        assert len(coded.of(place)) == len(text)
        for code, token in zip(coded.of(place), text, strict=True):
            assert names.setdefault(code, token) == token
    assert len(set(names.values())) == len(names)


def written(path, texts):
    rows = ({"instruction": text} if text else {"other": 1} for text in texts)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def filtered(folder, source, **more):
    folder.mkdir(exist_ok=True)
    result = si.filter(
        source,
        folder / "out.jsonl",
        rejects=folder / "no.jsonl",
        on_error="skip",
        force=True,
        **more,
    )
    return [(folder / name).read_bytes() for name in ("out.jsonl", "no.jsonl")], result


@pytest.mark.parametrize("soundness", [False, True])
def test_processes_keep_and_refuse_the_same_bytes(tmp_path, monkeypatch, soundness):
    monkeypatch.setattr(screening, "BLOCK", 250)
    source = written(tmp_path / "in.jsonl", [*mixed(900), "", "Hi."])
    known = written(tmp_path / "known.jsonl", mixed(300, seed=8))
    more = {"against": known, "soundness": soundness}
    expected, alone = filtered(tmp_path / "1", source, **more)
    found, shared = filtered(tmp_path / "2", source, cores=Cores(2), **more)
    assert found == expected
    assert shared.rejected == alone.rejected
    assert set(alone.rejected) >= {"too_similar", "too_short", "malformed"}


def test_a_record_that_stops_the_work_stops_it_at_the_same_record(tmp_path, monkeypatch):
    monkeypatch.setattr(screening, "BLOCK", 50)
    source = written(tmp_path / "in.jsonl", [*mixed(120), "", *mixed(10)])
    said = []
    for cores in (Cores(), Cores(2)):
        with pytest.raises(UsageError) as refused:
            si.filter(source, tmp_path / "out.jsonl", cores=cores)
        said.append(str(refused.value))
        assert not (tmp_path / "out.jsonl").exists()
    assert said[0] == said[1]
    assert "in.jsonl:121" in said[0]


@pytest.mark.skipif(os.name == "nt", reason="nobody is killed there")
def test_workers_that_are_killed_are_replaced_and_their_work_done_again(tmp_path):
    with Processes(2) as engine:
        assert list(engine.map(doubled, range(40))) == list(range(0, 80, 2))
        names = [str(tmp_path / str(number)) for number in range(3)]
        assert list(engine.map(ends, names)) == names
        with pytest.raises(SettingsError, match="three"):
            list(engine.map(wrong, range(9)))
        shared = engine.share([1, 2, 3])
        assert shared.fetch() == [1, 2, 3]
        with pytest.raises(WorkerError, match="end again and again"):
            list(engine.map(always_ends, range(2)))


def test_what_is_shared_goes_with_its_last_holder():
    with Processes(2) as engine:
        shared = engine.share("text")
        (folder,) = [Path(engine._folder.name)]
        assert len(list(folder.iterdir())) == 1
        del shared
        assert not list(folder.iterdir())
    assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "--workers must be at least 1, not 0"),
        ({"engine": "dask"}, "--engine is processes or ray, not 'dask'"),
        ({"address": "auto"}, "says nothing without --engine ray"),
    ],
)
def test_what_makes_no_sense_is_said(options, said):
    with pytest.raises((SettingsError, IdleError), match=said), Cores(**options).opened():
        pass


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long), signal.SIGKILL]
)
def test_no_worker_outlives_the_program(tmp_path, number):
    source = tmp_path / "fifo"
    os.mkfifo(source)
    run = [*PROGRAM, "filter", source, "-o", tmp_path / "out.jsonl", "--workers", "2", "--quiet"]
    with subprocess.Popen(
        list(map(str, run)), env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        with source.open("w", encoding="utf-8") as fifo:
            for text in mixed(3 * screening.BLOCK // 2):
                fifo.write(json.dumps({"instruction": text}) + "\n")
            fifo.flush()
            workers = _children(process.pid)
            assert len(workers) >= 2
            process.send_signal(number)
            process.wait()
        said = process.stderr.read()  # ends when nobody holds the other end, workers neither
    assert "Traceback" not in said
    assert not (tmp_path / "out.jsonl").exists()


def _children(pid):
    found = []
    while len(found) < 2:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return found


@pytest.mark.parametrize("spawned", [False, pytest.param(True, marks=pytest.mark.long)])
def test_what_else_is_shared_out_comes_to_the_same(tmp_path, monkeypatch, spawned):
    opened = Cores.opened
    if not spawned:  # as many slices, in this process
        here = contextlib.nullcontext(Sliced())
        monkeypatch.setattr(Cores, "opened", lambda one: here if one.workers else opened(one))
    monkeypatch.setattr(sifting, "_PART", 7)
    pool, benchmark = tmp_path / "p", tmp_path / "benchmark.jsonl"
    si.generate(pool, target=40, teacher=si.Teacher("mock"), settings=si.PoolSettings(seed=2))
    tasks = [task.instruction for task in si.open_pool(pool).tasks()]
    written(benchmark, [*tasks[::5], *(f"Say: {text} Then stop." for text in tasks[1::9])])
    found = []
    for cores in (Cores(), Cores(2)):
        hits = si.decontaminate(pool, against=benchmark, cores=cores)
        measured = si.calibrate(pool, cores=cores)
        page = tmp_path / "page.html"
        si.report(pool, page, cores=cores, verbs="none")
        told = {name: value for name, value in hits.row().items() if name != "seconds"}
        found.append((told, hits.found, measured, page.read_bytes()))
    assert found[0] == found[1]
    assert found[0][0]["contaminated"] >= 8


@pytest.mark.long
def test_a_hundred_thousand_records_come_to_the_same_for_all_blocks_and_workers(
    tmp_path, monkeypatch
):
    source = written(tmp_path / "in.jsonl", mixed(100_000))
    expected, alone = filtered(tmp_path / "1", source)
    assert alone.kept > 2000 < alone.rejected["too_similar"]
    for size, workers in (
        (20_000, 2),
        (20_000, 4),
        (3_000, 2),
        (3_000, 4),
        (70_000, 2),
        (70_000, 4),
    ):
        monkeypatch.setattr(screening, "BLOCK", size)
        found, _ = filtered(tmp_path / "n", source, cores=Cores(workers))
        assert found == expected, (size, workers)
