"""A pool's files against its ledger: what status and validate say, and whether it is true."""

from __future__ import annotations

import json

import pytest
from conftest import rows

from selfinstruct.journal.reply_rows import flaw


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture
def pool(grow):
    return grow("p", 30)[0]


def damage(program, folder):
    return json.loads(program("status", folder, "--json", check=0).stdout)["damage"]


AGAIN = ("generate", "p", "--teacher", "mock", "--target", 30, "--quiet", "--max-calls", 0)


def test_a_whole_pool_is_not_called_damaged(pool, program):
    assert damage(program, pool) == []
    assert "damaged" not in program("status", pool, check=0).stdout
    program("validate", pool, check=0)


@pytest.mark.parametrize("name", ["tasks.jsonl", "rejects.jsonl"])
@pytest.mark.parametrize("how", ["deleted", "shortened"])
def test_what_a_rerun_makes_again_is_said_and_made(pool, program, name, how):
    before = (pool / name).read_bytes()
    if how == "deleted":
        (pool / name).unlink()
    else:
        (pool / name).write_bytes(before[: len(before) // 2])
    (found,) = damage(program, pool)
    assert found["file"] == name
    assert found["what"].startswith("is missing" if how == "deleted" else "has lost its end")
    assert "Run the same command again" in found["remedy"]
    shown = program("status", pool, check=0).stdout
    assert f"damaged  {name}" in " ".join(shown.split(" " * 15)) or name in shown
    program("validate", pool, check=2)
    program(*AGAIN, check=0)
    assert (pool / name).read_bytes() == before
    assert damage(program, pool) == []


def test_a_changed_file_can_be_deleted_where_it_says_so(pool, program):
    path = pool / "tasks.jsonl"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"a", b"e", 1))
    (found,) = damage(program, pool)
    assert found["what"] == "is not what was committed"
    assert "or delete it and run the same command again" in found["remedy"]
    done = program(*AGAIN, check=2)
    assert "Or delete it and run the same command again" in done.stderr
    path.unlink()
    program(*AGAIN, check=0)
    assert path.read_bytes() == before


def test_what_was_imported_is_not_promised_back(pool, program, tmp_path):
    (tmp_path / "in.jsonl").write_text(
        json.dumps({"instruction": "Whistle a tune about tax law.", "output": "Tweet."}) + "\n"
    )
    program("import", "in.jsonl", "--into", "p", "--no-filter", check=0)
    (pool / "tasks.jsonl").unlink()
    (found,) = damage(program, pool)
    assert "Restore it from a copy: tasks were imported" in found["remedy"]
    assert "Restore it from a copy" in program(*AGAIN, check=2).stderr


def test_lost_replies_are_said(pool, program):
    (pool / "replies.jsonl").unlink()
    (found,) = damage(program, pool)
    assert (found["file"], found["what"]) == ("replies.jsonl", "is missing")
    assert "replies.jsonl: cut-off: is missing" in program("validate", pool, check=2).stdout
    (pool / "tasks.jsonl").unlink()
    remedies = {one["file"]: one["remedy"] for one in damage(program, pool)}
    assert "replies that would make it again are lost too" in remedies["tasks.jsonl"]


def test_each_damaged_reply_is_named_by_its_line(pool, program):
    stored = rows(pool / "replies.jsonl")
    del stored[1]["finish"]
    stored[3]["usage"] = "many"
    lines = [json.dumps(row) for row in stored]
    lines[5] = "[1, 2]"
    lines[7] = lines[7][:-9]
    (pool / "replies.jsonl").write_text("\n".join(lines) + "\n")
    said = program("validate", pool, check=2).stdout
    wrong = {2: "lacks 'finish'", 4: "'usage' is of another kind", 6: "is no JSON object"}
    for number, why in wrong.items():
        assert f"replies.jsonl:{number}: damaged-reply: the stored reply {why}" in said
    assert "replies.jsonl:8: damaged-reply" in said
    done = program("replay", pool, "--into", "q", check=2)
    assert "replies.jsonl:2: this stored reply is damaged: it lacks 'finish'" in done.stderr


def test_every_reply_that_is_written_has_no_flaw(pool):
    for row in rows(pool / "replies.jsonl"):
        assert flaw(row) == ""
        for key in ("key", "request", "step", "attempts", "cost_usd", "text", "finish", "usage"):
            assert key in flaw({name: value for name, value in row.items() if name != key})
            assert key in flaw(row | {key: object()})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tasks.jsonl", {"provenance": 5}),
        ("tasks.jsonl", {"provenance": {"recipe": []}}),
        ("rejects.jsonl", {"reason": []}),
        ("rejects.jsonl", {"detail": 3}),
        ("rejects.jsonl", {"reason": "contaminated", "detail": {}}),
        ("rejects.jsonl", {"reason": "empty_output", "text": {}}),
    ],
)
def test_rows_of_another_shape_are_named_by_every_verb(pool, program, name, change):
    found = rows(pool / name)
    found[1] |= change
    (pool / name).write_text("".join(json.dumps(row) + "\n" for row in found))
    done = program("validate", pool, check=2)
    assert f"{name}:" in done.stdout
    for command in (
        "status p",
        "export p --format superni -o x",
        "generate p --teacher mock --target 40 --quiet",
        "import p --into other",
    ):
        done = program(*command.split())
        assert done.returncode in (0, 1, 2)
        assert "Traceback" not in done.stderr
