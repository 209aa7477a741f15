"""What is written for contributors and machines is true of the tree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
FORMS = [*sorted((ROOT / ".github").rglob("*.yml")), ROOT / ".pre-commit-config.yaml"]


def test_files_and_folders_that_the_guide_names_are_there():
    named = set(re.findall(r"`((?:selfinstruct|tests|docs|seeds|\.ci)/[\w./-]*)`", GUIDE))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_names_in_the_code_that_the_guide_speaks_of_stand_where_it_says():
    pairs = re.findall(r"`(\w+)` (?:of|\()\s?`(selfinstruct/[\w./]+\.py)`", GUIDE)
    assert len(pairs) > 3
    for name, path in pairs:
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8")), (name, path)


@pytest.mark.parametrize("path", [ROOT / "CONTRIBUTING.md", WORKFLOW], ids=lambda path: path.name)
def test_targets_that_are_named_exist(path):
    lines = re.findall(
        r"(?:`|run: |^)make ([a-z -]+)", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    targets = {name for line in lines for name in line.split()}
    assert targets
    assert all(re.search(rf"^{name}:", MAKEFILE, re.MULTILINE) for name in targets), targets


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_forms_for_machines_can_be_read(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_python_that_is_claimed_is_tried():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    claimed = {
        one.rpartition(" ")[2] for one in project["classifiers"] if re.search(r":: 3\.\d+$", one)
    }
    tried = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["tests"]["strategy"]
    assert claimed <= set(tried["matrix"]["python"])


def test_the_citation_names_the_version_and_the_licence():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
