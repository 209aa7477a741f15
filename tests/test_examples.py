"""The examples do what they say."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from batching import Server
from conftest import environment, rows

from selfinstruct.recipes.self_instruct import Decodings
from selfinstruct.settings import table

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
posix_only = pytest.mark.skipif(os.name == "nt", reason="the example is a POSIX shell script")


def shell(script, *arguments, cwd, **variables):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", str(EXAMPLES / script), *arguments],
        cwd=cwd,
        env=environment({"PATH": path, **variables}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


@posix_only
def test_the_smoke_job_passes(tmp_path):
    assert '"tasks": 50' in shell("ci-smoke.sh", cwd=tmp_path).stdout


@posix_only
def test_the_cron_job_tops_up_and_takes_a_spent_budget_for_an_orderly_end(tmp_path):
    variables = {"POOL": str(tmp_path / "p"), "TEACHER": "mock", "TARGET": "20"}
    shell("cron-top-up.sh", "--max-calls", "5", cwd=tmp_path, **variables)
    shell("cron-top-up.sh", cwd=tmp_path, **variables)
    shell("cron-top-up.sh", cwd=tmp_path, **variables)
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 20


@posix_only
def test_the_cron_job_takes_waiting_for_batches_for_an_orderly_end(tmp_path, program):
    with Server() as mock:
        asked = ["--teacher", "vllm", "--model", "mock", "--base-url", mock.address, "--recipe"]
        asked += ["alpaca", "--seed", "1", "--batch", "--batch-min", "0", "--quiet"]
        variables = {"POOL": str(tmp_path / "p"), "TEACHER": "vllm", "TARGET": "60"}
        shell("cron-top-up.sh", *asked, cwd=tmp_path, **variables)
        program("generate", "p", "--target", 60, *asked, check=7)
        program("generate", "p", "--target", 60, *asked, check=0)
        assert mock.bill()["batches"] == 2
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 60


@posix_only
def test_the_loop_of_files_and_answers_grows_a_pool(tmp_path):
    answerer = tmp_path / "answer.py"
    answerer.write_text(
        "import sys, json; sys.path.insert(0, sys.argv[1]); from batching import completion, line\n"
        "_, _, _, read, _, written = sys.argv\n"
        "rows = [json.loads(one) for one in open(read)]\n"
        "out = [line(row['custom_id'], 200, completion(row['body'])) for row in rows]\n"
        "open(written, 'w').write(''.join(json.dumps(one) + '\\n' for one in out))\n",
        encoding="utf-8",
    )
    answer = f"{sys.executable} {answerer} {ROOT / 'tests'}"
    variables = {"MODEL": "m", "TARGET": "30", "ANSWER": answer, "POOL": str(tmp_path / "p")}
    shell("run-batch.sh", "--recipe", "alpaca", "--quiet", cwd=tmp_path, **variables)
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 30


@posix_only
def test_the_local_server_example_runs_against_a_server_on_loopback(tmp_path, server):
    variables = {"TEACHER": "vllm", "MODEL": "mock", "BASE_URL": server(), "TARGET": "10"}
    shell("local-server/run.sh", cwd=tmp_path, **variables)
    assert len(rows(tmp_path / "local-pool" / "tasks.jsonl")) == 10


def test_the_settings_example_is_valid_and_its_decoding_is_the_default(program):
    path = EXAMPLES / "selfinstruct.toml"
    program("generate", "p", "--config", path, "--teacher", "mock", "--target", 5, check=0)
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["decoding"]
    assert table(Decodings, tables, "decoding", Decodings()) == Decodings()


def test_seeds_of_ones_own_grow_a_pool(program, tmp_path):
    own = EXAMPLES / "own-domain" / "library-desk.jsonl"
    program("generate", "p", "--seeds", own, "--teacher", "mock", "--target", 40, check=0)
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 40


def test_the_notebook_runs_cell_by_cell(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in cells)  # they would tell of another version
    said = {"__name__": "__main__"}

    async def run():  # as in a notebook, where a loop goes already
        for cell in cells:
            exec(compile("".join(cell["source"]), cell["id"], "exec"), said)  # noqa: S102 - ours

    asyncio.run(run())
    assert said["done"].tasks == 60
    assert said["stricter"].usage.calls == 0
    assert said["stricter"].tasks < 60
    assert said["near"]
    assert said["written"].rows >= 60
    assert said["kept"].read > said["kept"].kept > 0
    out, err = capsys.readouterr()
    assert '"messages"' in out.replace("'", '"')
    assert not err
