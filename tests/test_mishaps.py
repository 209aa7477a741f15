"""What the system refuses ends in one sentence and the right code, whatever verb meets it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROGRAM, environment

from selfinstruct import cli, jsonl
from selfinstruct.formats.metering import Metered
from selfinstruct.formats.reading import records

ROWS = [{"instruction": f"Name {n} rivers in Peru.", "input": "", "output": "x"} for n in range(9)]
LONG = "x" * 300


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A pool with everything in it."""
    folder = tmp_path_factory.mktemp("grown")
    command = [*PROGRAM, "generate", "p", "--teacher", "mock", "--target", "20", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment(), check=True)
    return folder / "p"


@pytest.fixture
def place(grown, tmp_path):
    shutil.copytree(grown, tmp_path / "p")
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    return tmp_path


# Of each verb the command, with {in} for what it reads and {out} for what it writes.
VERBS = {
    "generate": "generate {out} --teacher mock --target 3",
    "evolve": "evolve {in} {out} --teacher mock --rounds 1 --max-calls 1",
    "status": "status {in}",
    "estimate": "estimate {in} --target 30",
    "replay": "replay {in} --into {out}",
    "export": "export {pool} --format alpaca -o {out}",
    "export superni": "export {pool} --format superni -o {out}",
    "validate": "validate {in}",
    "decontaminate": "decontaminate {pool} --against {in} --report {out}",
    "calibrate": "calibrate {in}",
    "filter": "filter {in} -o {out}",
    "import": "import {in} --into {out}",
}
FAULTS = {
    "nothing there": ("in", "nothing.jsonl"),
    "a circle of links": ("in", "loop"),
    "a name too long": ("in", LONG),
    "below a file": ("in", "file/in.jsonl"),
    "out: a circle of links": ("out", "loop"),
    "out: a name too long": ("out", LONG),
    "out: below a file": ("out", "file/out"),
}
_FINE = {("estimate", "nothing there")}  # a pool that is not there yet


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", VERBS)
def test_bad_names_end_in_a_sentence(place, program, verb, fault):
    which, name = FAULTS[fault]
    command = VERBS[verb]
    if f"{{{which}}}" not in command:
        pytest.skip("names no such thing")
    pool_read = verb in {"status", "estimate", "replay"}
    names = {"in": "p" if pool_read else "in.jsonl", "out": "out", "pool": "p", which: name}
    done = program(*command.format(**names).split())
    assert done.returncode == (0 if (verb, fault) in _FINE else done.returncode)
    if (verb, fault) not in _FINE:
        assert done.returncode in (1, 2), done.stderr
        words = [line for line in done.stderr.splitlines() if line.startswith("selfinstruct: ")]
        assert len(words) == 1
        assert name.split("/")[0] in words[0].replace("\n", "")
    assert "Traceback" not in done.stderr
    assert not list(place.glob(".*.part"))


SAYING = {
    "status": "status p",
    "status --json": "status p --json",
    "estimate": "estimate p --target 99",
    "estimate --json": "estimate p --target 99 --json",
    "validate --json": "validate p --json",
    "languages": "languages",
    "export": "export p --format alpaca -o -",
    "filter": "filter in.jsonl -o - --quiet",
    "filter --json": "filter in.jsonl -o out.jsonl --quiet --json",
    "import --json": "import in.jsonl --into new --json",
    "generate --json": "generate new --teacher mock --target 3 --json",
    "decontaminate": "decontaminate p --against p/seeds.jsonl --report - --quiet",
    "evaluate --json": "evaluate p --references p --json",
    "describe": "describe",
    "describe --json": "describe --json",
    "describe --skill": "describe --skill",
    "generate --preview": "generate p --teacher mock --target 99 --preview",
    "help": "--help",
}


def ending(monkeypatch, folder, command, stdout):
    """The exit code and what was said, with ``stdout`` as standard output."""
    stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["selfinstruct", *command.split()])
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", stderr)
        with pytest.raises(SystemExit) as ended:
            cli.run()
        stderr.flush()
    return ended.value.code, stderr.buffer.getvalue().decode()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("verb", SAYING)
def test_a_full_disk_behind_stdout_is_said(place, monkeypatch, verb):
    full = Path("/dev/full").open("w")  # noqa: SIM115 - closing writes once more
    code, said = ending(monkeypatch, place, SAYING[verb], full)
    with contextlib.suppress(OSError):
        full.close()
    assert code == 1
    assert said.endswith("Standard output cannot be written: No space left on device.\n")
    assert "Traceback" not in said


@pytest.mark.parametrize("verb", SAYING)
def test_a_reader_that_has_gone_ends_a_verb_quietly(place, monkeypatch, verb):
    reading, writing = os.pipe()
    os.close(reading)
    gone = os.fdopen(writing, "w")
    code, said = ending(monkeypatch, place, SAYING[verb], gone)
    with contextlib.suppress(OSError):
        gone.close()
    assert code == 141
    assert "selfinstruct: " not in said
    assert "Traceback" not in said


FILES = ("manifest", "seeds", "tasks", "rejects", "ledger", "replies")
READING = (
    "status p",
    "validate p",
    "estimate p --target 99",
    "export p --format alpaca -o x.json",
    "decontaminate p --against in.jsonl",
    "generate p --teacher mock --target 30 --quiet",
    "import in.jsonl --into p",
    "replay p --into q",
    "filter p -o y.jsonl",
    "calibrate p",
)
# What verbs do without; what else cannot be read must be named.
_UNUSED = {
    "status": {"seeds", "replies"},
    "validate": {"seeds"},
    "estimate": {"rejects", "replies", "tasks"},
    "export": {"rejects", "replies", "seeds"},
    "decontaminate": {"rejects", "replies"},
    "filter": {"manifest", "seeds", "rejects", "ledger", "replies"},
    "calibrate": {"seeds", "rejects", "ledger", "replies"},
}


@pytest.mark.parametrize("how", ["denied", "loop"])
@pytest.mark.parametrize("name", FILES)
def test_files_of_a_pool_that_cannot_be_read_are_named(place, program, monkeypatch, name, how):
    file = place / "p" / (name + (".json" if name == "manifest" else ".jsonl"))
    if how == "denied":
        deny(monkeypatch, file)
    else:
        file.unlink()
        file.symlink_to(file.name)
    for command in READING:
        verb = command.split()[0]
        done = program(*command.split())
        assert "Traceback" not in done.stderr
        said = done.stderr + done.stdout
        if how == "denied" and name not in _UNUSED.get(verb, ()):
            assert done.returncode in (1, 2), (command, said)
            assert name in said, (command, said)
        shutil.rmtree(place / "q", ignore_errors=True)


def deny(monkeypatch, file):
    """Refuse to open ``file``, as the system does; it does not refuse root."""

    def opening(original):
        def open_(path, *arguments, **more):
            if isinstance(path, str | Path) and Path(path).resolve() == file:
                raise PermissionError(13, "Permission denied", str(path))
            return original(path, *arguments, **more)

        return open_

    monkeypatch.setattr("io.open", opening(io.open))
    monkeypatch.setattr("selfinstruct.formats.reading.Metered", opening(Metered))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("estimate p --target " + "9" * 400, "--target must be at most"),
        ("generate new --teacher mock --target " + "9" * 26, "--target must be at most"),
        ("generate new --teacher mock --target 3 --timeout inf", "--timeout must be a finite"),
        ("generate new --teacher mock --target 3 --price 1/2 --budget inf", "--budget must be a"),
    ],
)
def test_numbers_beyond_reckoning_are_refused_by_name(program, arguments, said):
    done = program(*arguments.split(), check=2)
    assert said in done.stderr


def test_a_threshold_near_zero_is_no_endless_search(program):
    done = program("generate", "n", "--teacher", "mock", "--target", 3, "--threshold", "1e-300")
    assert done.returncode == 6


def test_deep_toml_is_named(place, program):
    (place / "deep.toml").write_text("a = " + "[" * 5000 + "]" * 5000)
    done = program("status", "p", "--config", "deep.toml", check=2)
    assert "deep.toml: not valid TOML: nested too deeply." in done.stderr


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "one.json", "x.csv"])
def test_a_record_without_an_end_is_refused_by_its_line(tmp_path, program, monkeypatch, name):
    monkeypatch.setattr(jsonl, "LARGEST_RECORD", 1 << 20)
    long = "y" * (3 << 20)
    rows = [json.dumps({"instruction": text, "output": "x"}) for text in ("Do it.", long)]
    content = {
        "x.jsonl": "\n".join(rows),
        "x.json": "[" + ",\n".join(rows) + "]",
        "one.json": "{\n" + rows[1][1:],
        "x.csv": f"instruction,output\na,b\n{long},c\n",
    }
    path = tmp_path / name
    path.write_text(content[name])
    where = {"x.jsonl": ":2", "x.json": ":2: record 2", "one.json": "", "x.csv": ":3"}[name]
    for command in (
        "validate {}",
        "filter {} -o out.jsonl",
        "import {} --into new --on-error skip",
    ):
        done = program(*command.format(name).split(), check=2)
        said = done.stderr + done.stdout
        assert f"{name}{where}: a record of more than 1 MB" in said
    assert not (tmp_path / "o.jsonl").exists()


def test_records_of_any_size_below_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "LARGEST_RECORD", 1 << 20)
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps({"n": n, "text": "z" * 900_000}) + "\n" for n in range(4)))
    assert [record.row["n"] for record in records(str(path))] == [0, 1, 2, 3]
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'z' * 900_000}\n" for n in range(4)))
    assert [record.row["a"] for record in records(str(path))] == ["0", "1", "2", "3"]


def test_without_stderr_verbs_work_and_talk_goes_nowhere(place):
    """Daemons close it; what is opened first must not become stderr, nor talk go to stdout."""
    commands = [
        "generate new --teacher mock --target 5",
        "filter in.jsonl -o kept.jsonl",
        "export p --format alpaca -o x.json",
    ]
    words = " ".join(f"'{word}'" for word in PROGRAM)
    script = " && ".join(f"{words} {command} 2>&-" for command in commands)
    done = subprocess.run(
        ["sh", "-c", script], cwd=place, env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    for name in ("new/tasks.jsonl", "kept.jsonl", "x.json"):
        assert (place / name).stat().st_size
        assert "selfinstruct" not in (place / name).read_text().splitlines()[0][:20]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "generate p --targt 5",
            "generate: No such option: --targt. Did you mean --target, --teacher, --wait?",
        ),
        (
            "generate p --target x",
            "generate: Invalid value for '--target': must be a whole number.",
        ),
        ("generate p", "generate: Missing option '--target'."),
        ("evolve", "evolve: Missing argument 'SOURCE'."),
        ("--nothing", "No such option: --nothing."),
        ("nothing", "No such command 'nothing'."),
    ],
)
def test_what_is_wrong_with_an_argument_is_one_line(inside, words, said):
    verb = f" {words.split()[0]}" if words.split()[0] in {"generate", "evolve"} else ""
    done = inside(*words.split(), check=2)
    assert done.stderr == f"selfinstruct: {said} See selfinstruct{verb} --help.\n"
    assert done.stdout == ""
