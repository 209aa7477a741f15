"""The image: what can be held of it without building one."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "docker"


def instructions(text):
    """The last stage, an instruction a pair of its name and the rest."""
    lines = text.replace("\\\n", " ").splitlines()
    pairs = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    stages = [place for place, (name, _) in enumerate(pairs) if name == "FROM"]
    return dict(pairs[stages[-1] :])


def test_the_image_runs_as_nobody_of_note_in_its_volume():
    found = instructions((FOLDER / "Dockerfile").read_text(encoding="utf-8"))
    assert found["USER"] not in {"root", "0"}
    assert f"useradd --uid 1000 --create-home {found['USER']}" in found["RUN"]
    assert found["WORKDIR"] == found["VOLUME"] == "/data"
    assert f"--owner={found['USER']}" in found["RUN"]
    assert found["ENTRYPOINT"] == '["selfinstruct"]'
    assert found["FROM"] == "python:3.11-slim"


def test_all_that_the_wheel_is_built_from_reaches_the_builder():
    lines = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    assert all((ROOT / name).exists() for name in taken)
    with (ROOT / "pyproject.toml").open("rb") as file:
        whole = tomllib.load(file)
    wheel = whole["tool"]["hatch"]["build"]["targets"]["wheel"]
    project = whole["project"]
    needed = {"pyproject.toml", project["readme"], *project["license-files"]}
    assert needed | {*wheel["packages"], *wheel["force-include"]} == taken
