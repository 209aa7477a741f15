"""``selfinstruct filter``: existing sets by the paper's rule, first come, first kept."""

from __future__ import annotations

import gzip
import json
import random
import resource
import subprocess

import pytest
from conftest import PROGRAM, environment, rows
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from selfinstruct.errors import DiskError
from selfinstruct.formats import record_file, records
from selfinstruct.languages import load
from selfinstruct.seeds import load_seeds


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


FIRST = {"instruction": "Name three rivers in Peru.", "input": "", "output": "x"}
NEAR = {"instruction": "Name three rivers in Chile.", "input": "", "output": "y"}
OTHER = {
    "instruction": "Explain tides to a small child.",
    "input": "",
    "output": "z",
    "own": [1, "é"],
}
SHORT = {"instruction": "Name rivers.", "input": "", "output": "z"}


def lines(path, *records_):
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records_)
    path.write_text(text, encoding="utf-8")
    return path


def near_texts(count, seed=3):
    """Instructions with many near-duplicates among them: seeds with words changed or dropped."""
    rng = random.Random(seed)
    seeds = [task.instruction.split() for task in load_seeds(load("en").seeds)]
    for _ in range(count):
        words = list(rng.choice(seeds))
        for _ in range(rng.randrange(5)):
            words[rng.randrange(len(words))] = rng.choice(rng.choice(seeds))
        yield " ".join(words)


def test_what_is_kept_is_what_brute_force_keeps(program, tmp_path):
    texts = list(near_texts(600))
    source = lines(tmp_path / "in.jsonl", *({"instruction": text} for text in texts))
    arguments = ("-o", "out.jsonl", "--rejects", "no.jsonl", "--no-heuristics", "--json")
    done = program("filter", source, *arguments, check=0)
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    kept, refused = [], []
    for text in texts:
        scores = [scorer.score(other, text)["rougeL"].fmeasure for other in kept]
        if scores and max(scores) >= 0.7:
            refused.append((text, kept[scores.index(max(scores))], max(scores)))
        else:
            kept.append(text)
    assert [row["instruction"] for row in rows(tmp_path / "out.jsonl")] == kept
    assert [
        (row["record"]["instruction"], row["detail"]["nearest"], row["detail"]["score"])
        for row in rows(tmp_path / "no.jsonl")
    ] == refused
    summary = json.loads(done.stdout)
    assert (summary["read"], summary["kept"]) == (600, len(kept))
    assert summary["rejected"] == {"too_similar": len(refused)}


def test_rules_judge_first_and_records_are_written_as_they_are(program, tmp_path):
    source = lines(tmp_path / "in.jsonl", FIRST, NEAR, SHORT, OTHER)
    program("filter", source, "-o", "out.jsonl", "--rejects", "no.jsonl", check=0)
    assert rows(tmp_path / "out.jsonl") == [FIRST, OTHER]
    refused = rows(tmp_path / "no.jsonl")
    assert [row["reason"] for row in refused] == ["too_similar", "too_short"]
    assert refused[0]["detail"] == {"nearest": FIRST["instruction"], "score": pytest.approx(0.8)}
    assert refused[0]["where"].endswith("in.jsonl:2")


@pytest.mark.parametrize("name", ["in.json", "in.json.gz", "in.jsonl", "in.jsonl.gz"])
def test_arrays_lines_and_gzip_are_read_and_written(program, tmp_path, name):
    whole = [FIRST, NEAR, OTHER]
    text = json.dumps(whole, indent=2) if ".json." in name + "." else ""
    text = text or "".join(json.dumps(row) + "\n" for row in whole)
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    out = "out" + name.removeprefix("in")
    program("filter", name, "-o", out, check=0)
    data = (tmp_path / out).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    kept = (
        json.loads(text) if ".json." in name + "." else [json.loads(x) for x in text.splitlines()]
    )
    assert kept == [FIRST, OTHER]
    assert [record.row for record in records(str(tmp_path / out))] == kept


def test_pipes_pools_other_fields_and_sets_to_keep_away_from(program, tmp_path):
    program("generate", "p", "--teacher", "mock", "--target", 10, check=0)
    benchmark = lines(tmp_path / "bench.jsonl", {"Instruction": NEAR["instruction"]})
    program("filter", "p", "-o", "out.jsonl", "--against", "p/seeds.jsonl", check=0)
    assert len(rows(tmp_path / "out.jsonl")) == 10
    done = subprocess.run(
        [*PROGRAM, "filter", "-", "-o", "-", "--against", str(benchmark), "--quiet"],
        input="".join(json.dumps(row) + "\n" for row in (FIRST, OTHER)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        check=True,
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == [OTHER]
    source = lines(tmp_path / "q.jsonl", {"q": FIRST["instruction"]}, {"q": NEAR["instruction"]})
    program("filter", source, "-o", "q_out.jsonl", "--field", "q", "--threshold", 0.9, check=0)
    assert len(rows(tmp_path / "q_out.jsonl")) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "no such field"}', "in.jsonl:2: the record lacks"),
        ('{"instruction": 5}', "in.jsonl:2: 'instruction' is no text"),
        ('{"instruction": "half \\ud800"}', "half a surrogate pair"),
        ("{broken", "in.jsonl:2: not a JSON object"),
        ("[1, 2]", "in.jsonl:2: not a JSON object"),
    ],
)
def test_a_record_that_cannot_be_judged_stops_or_is_passed_over(
    program, tmp_path, content, message
):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(FIRST) + "\n" + content + "\n" + json.dumps(OTHER) + "\n")
    (tmp_path / "out.jsonl").write_text("old")
    done = program("filter", source, "-o", "out.jsonl", "--force", check=2)
    assert message in done.stderr
    assert "--on-error skip" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "old"
    arguments = (
        "-o",
        "out.jsonl",
        "--rejects",
        "no.jsonl",
        "--on-error",
        "skip",
        "--json",
        "--force",
    )
    summary = json.loads(program("filter", source, *arguments, check=0).stdout)
    assert (summary["kept"], summary["rejected"]) == (2, {"malformed": 1})
    assert message in rows(tmp_path / "no.jsonl")[0]["detail"]["error"]
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("in.jsonl", "-o", "in.jsonl"), "is both read and written"),
        (("in.jsonl", "-o", "./x/../in.jsonl"), "is both read and written"),
        (("in.jsonl", "-o", "o.jsonl", "--against", "o.jsonl"), "is both read and written"),
        (("in.jsonl", "-o", "o.jsonl", "--rejects", "o.jsonl"), "name the same file"),
        (("-", "-", "-o", "o.jsonl"), "only once"),
        (("none.jsonl", "-o", "o.jsonl"), "none.jsonl: no such file"),
        (("in.jsonl", "-o", "-", "--json"), "both want standard output"),
        (("broken.json", "-o", "o.jsonl"), "the array breaks off"),
        (("broken.gz", "-o", "o.jsonl"), "gzip file is damaged"),
        (("in.jsonl", "-o", "in.jsonl/o.jsonl"), "in.jsonl/o.jsonl: cannot be used: Not a dir"),
        (("in.jsonl", "-o", "o.jsonl", "--threshold", "1.5"), "--threshold must be"),
    ],
)
def test_wrong_usage_gets_a_sentence(program, tmp_path, arguments, message):
    lines(tmp_path / "in.jsonl", FIRST)
    (tmp_path / "broken.json").write_text('[{"instruction": "Name three rivers in Peru."}, {"ins')
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"x" * 5000)[:20])
    (tmp_path / "x").mkdir()
    done = program("filter", *arguments)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o.jsonl").exists()


VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=30) | st.integers() | st.none())
ROWS = st.lists(VALUES, max_size=8)


@given(ROWS, st.sampled_from(["x.json", "x.jsonl", "x.json.gz", "x.jsonl.gz"]))
def test_records_come_back_as_they_were_written(tmp_path_factory, written, name):
    written = [row | {"k": 1} for row in json.loads(json.dumps(written))]
    path = tmp_path_factory.mktemp("rows") / name
    with record_file(str(path)) as file:
        for row in written:
            file.write(row)
    assert [record.row for record in records(str(path))] == written


def test_an_array_is_read_in_pieces_whatever_their_borders(tmp_path):
    path = tmp_path / "big.json"
    whole = [{"n": n, "text": "x" * (n * 37 % 5000), "list": [1.5, -2, True]} for n in range(400)]
    path.write_text(json.dumps(whole, indent=1))
    assert [record.row for record in records(str(path))] == whole
    assert list(records(str(path)))[6].where.endswith(": record 7")


def test_a_disk_that_fills_never_replaces_a_good_file(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("good")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def write():
        with record_file(str(path)) as file:
            for n in range(10_000):
                file.write({"n": n})

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # as full as a disk can be made
    try:
        with pytest.raises(DiskError, match=r"out.jsonl: cannot be written: File too large"):
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "good"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("verb", ["validate", "filter", "import", "decontaminate", "stdin"])
def test_a_compressed_file_that_was_cut_off_is_refused(inside, tmp_path, verb):
    rows_ = [
        {"instruction": f"Name river {n}.", "input": "", "output": f"{n}"} for n in range(3000)
    ]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows_).encode())
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 3])
    inside("generate", "p", "--teacher", "mock", "--target", 5, "--quiet", check=0)
    commands = {
        "validate": ("validate", path),
        "filter": ("filter", path, "-o", "o.jsonl"),
        "import": ("import", path, "--into", "p"),
        "decontaminate": ("decontaminate", "p", "--against", path),
        "stdin": ("filter", "p/tasks.jsonl", "--against", path, "-o", "o.jsonl"),
    }
    done = inside(*commands[verb], check=2)
    assert "ends early" in done.stderr
    assert f"{path}:" in done.stderr
