"""Judging in processes of its own: killed for real, through faults, over HTTP."""

from __future__ import annotations

import json

from conftest import rows
from killing import kill_often, some_kills

FAULTS = "429=0.12,500=0.08,disconnect=0.05,garbage=0.05"  # 30 of 100 calls


@some_kills
def test_kills_through_thirty_per_cent_faults_change_nothing(program, server, tmp_path, kills):
    program("generate", "p", "--teacher", "mock", "--target", 150, "--quiet", check=0)
    judge = ("judge", "p", "--sample", 10 * kills, "--controls", kills, "--quiet")
    http = ("--teacher", "vllm", "--model", "mock", "--timeout", "4", "--concurrency", "8")
    calm = server()
    program(*judge, *http, "--base-url", calm, "--into", "whole", check=0)
    rough = server("--fault", FAULTS, "--fault-seed", 2, "--latency", 0.02)
    arguments = [*judge, *http, "--base-url", rough, "--into", "killed"]
    killed = kill_often(arguments, tmp_path / "killed", kills, grown=3000, cwd=tmp_path)
    assert killed >= kills / 2
    said = json.loads(program(*arguments[:-4], *arguments[-4:], "--json", check=0).stdout)
    assert said["stopped"] == "target"
    for name in ("judgements.jsonl", "summary.json"):
        whole, killed = ((tmp_path / one / name).read_bytes() for one in ("whole", "killed"))
        assert killed == whole, name
    found = rows(tmp_path / "killed" / "replies.jsonl")
    answered = [row["key"] for row in found if "error" not in row]
    assert len(answered) == len(set(answered)) == len(rows(tmp_path / "whole" / "replies.jsonl"))
    program("validate", "p", "--quiet", check=0)


def test_the_verb_says_what_it_found_and_leaves_the_pool_alone(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 120, "--quiet", check=0)
    files = {path: path.read_bytes() for path in (tmp_path / "p").iterdir() if path.is_file()}
    done = inside("judge", "p", "--teacher", "mock", "--sample", 60, "--yes", check=0)
    assert done.stdout == ""
    for said in ("60 items and 60 controls", "instruction valid", "planted errors caught", "92%"):
        assert said in done.stderr, said
    again = inside("judge", "p", "--teacher", "mock", "--sample", 60, "--json", check=0)
    row = json.loads(again.stdout)
    assert row["calls"] == 0
    assert row["source"] == "p"
    assert row["rubric"] == "validity"
    assert row["name"] == "validity-mock-en"
    assert set(row["shares"]) == {"instruction", "input", "output", "all"}
    yes = row["shares"]["output"]["yes"]
    assert 0 <= yes["low"] < yes["share"] < yes["high"] <= 1
    assert row["controls"]["planted"]["n"] >= 38
    assert row["judged"] + row["unreadable"] == 60
    worst = inside("judge", "p", "--teacher", "mock", "--sample", 60, "--quiet", "--worst", 3)
    assert worst.stdout.count("\n  reason: ") == 3
    shown = inside("status", "p", check=0).stdout
    assert "validity-mock-en: by mock-en" in shown
    assert json.loads(inside("status", "p", "--json").stdout)["judgements"][0]["judged"] > 50
    assert {path: path.read_bytes() for path in files} == files


def test_what_was_judged_can_be_chosen_by_it(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 60, "--quiet", check=0)
    inside("judge", "p", "--teacher", "mock", "--all", "--name", "v", "--quiet", check=0)
    inside(
        "judge",
        "p",
        "--teacher",
        "mock",
        "--all",
        "--name",
        "s",
        "--rubric",
        "score",
        "--quiet",
        check=0,
    )
    judged = {
        row["item"]: row
        for row in rows(tmp_path / "p" / "judgements" / "v" / "judgements.jsonl")
        if not row["control"]
    }
    good = [
        item
        for item, row in judged.items()
        if row["status"] == "read" and "no" not in row["answers"].values()
    ]
    where = ("--judgements", "v", "--where", "all=yes")
    said = inside("export", "p", "--format", "alpaca", "-o", "a.json", *where, "--json", check=0)
    repeats = json.loads(said.stdout)["left_out"].get("duplicates", 0)
    assert len(json.loads((tmp_path / "a.json").read_text())) == len(good) - repeats
    card = next(tmp_path.glob("*.md")).read_text()
    assert "- v (validity) by mock-en, " in card
    assert "correctness of this set was not measured" not in card
    both = (*where, "--judgements", "s", "--where", "accuracy>=4.5")
    fewer = inside("export", "p", "--format", "alpaca", "-o", "b.json", *both, "--json", check=0)
    assert json.loads(fewer.stdout)["rows"] < json.loads(said.stdout)["rows"]
    bad = inside("validate", "p", "--judgements", "v", "--where", "output=no", "--json", check=2)
    problems = json.loads(bad.stdout)["problems"]
    expected = [item for item, row in judged.items() if row["answers"].get("output") == "no"]
    assert len(problems) == len(expected) > 0
    assert {problem["rule"] for problem in problems} == {"judged"}
    for given, wanted in [
        (("--where", "all=yes"), "is no condition"),
        (("--judgements", "w", "--where", "all=yes"), "there are: s, v"),
        (("--judgements", "v", "--where", "output=maybe"), "output is yes or no or na"),
        (("--judgements", "v", "--where", "output>=yes"), "compare it with = or !="),
        (("--judgements", "s", "--where", "accuracy=high"), "takes a number"),
    ]:
        done = inside("export", "p", "--format", "alpaca", "-o", "c.json", *given)
        assert (done.returncode, wanted in done.stderr) == (2, True), done.stderr


def test_a_judgement_of_what_has_changed_is_stale(inside, tmp_path):
    data = [{"instruction": f"Name river {n}.", "output": f"River {n}."} for n in range(6)]
    (tmp_path / "d.json").write_text(json.dumps(data))
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--quiet", check=0)
    inside(
        "judge",
        "p",
        "--teacher",
        "mock",
        "--all",
        "--name",
        "v",
        "--controls",
        0,
        "--quiet",
        check=0,
    )
    path = tmp_path / "p" / "judgements" / "v" / "judgements.jsonl"
    text = path.read_text()
    first = json.loads(text.splitlines()[0])
    path.write_text(text.replace(first["digest"], "0" * 16))
    done = inside("validate", "p", "--judgements", "v", check=0)
    assert f"stale-judgement: {first['item']} has changed since it was judged" in done.stdout
    before = inside(
        "export",
        "p",
        "--format",
        "alpaca",
        "-o",
        "a.json",
        "--judgements",
        "v",
        "--where",
        f"output={first['answers']['output']}",
        "--json",
        check=0,
    )
    path.write_text(text)
    after = inside(
        "export",
        "p",
        "--format",
        "alpaca",
        "-o",
        "b.json",
        "--judgements",
        "v",
        "--where",
        f"output={first['answers']['output']}",
        "--json",
        check=0,
    )
    counts = [json.loads(done.stdout)["left_out"]["instances"] for done in (before, after)]
    assert counts[0] == counts[1] + 1


def test_the_judge_has_a_table_of_its_own_in_the_settings_file(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--quiet", check=0)
    (tmp_path / "selfinstruct.toml").write_text(
        'teacher = "openai"\nmodel = "gpt-x"\n\n[judge]\nteacher = "mock"\nsample = 7\n'
    )
    done = inside("judge", "p", "--json", check=0)
    row = json.loads(done.stdout)
    assert (row["name"], row["items"]) == ("validity-mock-en", 7)
