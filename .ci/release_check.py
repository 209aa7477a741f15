"""What must be true of the files in dist/ before they are published: run by `make release-check`.

The wheel holds the program, its language packs and its seeds, and nothing of the tests; the source
archive holds what is needed to build and test it; the changelog speaks of the version.
"""

from __future__ import annotations

import re
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_BYTES = 5_000_000  # of the wheel; packs and grammars are the most of it


def flaws_of_wheel(path: Path) -> list[str]:
    """What the wheel lacks, or holds and should not."""
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
    flaws = [f"{path.name} holds {name}" for name in sorted(names) if not _belongs(name)]
    packs = [folder for folder in _PACKS.iterdir() if (folder / "pack.toml").is_file()]
    inner = [file for folder in packs for file in folder.rglob("*") if file.is_file()]
    wanted = [str(file.relative_to(ROOT)) for file in inner if "__pycache__" not in file.parts]
    wanted += [f"selfinstruct/data/seeds/{folder.name}.jsonl" for folder in packs]
    wanted += ["selfinstruct/py.typed", "selfinstruct/__main__.py", "selfinstruct/SKILL.md"]
    page = ("index.html", "app.js", "app.css")
    wanted += [f"selfinstruct/reviewing/page/{name}" for name in page]
    flaws += [f"{path.name} lacks {name}" for name in wanted if name not in names]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        flaws.append(f"{path.name} lacks the licence")
    if path.stat().st_size > MOST_BYTES:
        flaws.append(f"{path.name} has {path.stat().st_size:,} bytes, more than {MOST_BYTES:,}")
    return flaws


_PACKS = ROOT / "selfinstruct" / "languages" / "packs"


def _belongs(name: str) -> bool:
    inside = name.startswith("selfinstruct/") or ".dist-info/" in name
    return inside and "/tests/" not in name and not name.endswith((".pyc", ".part"))


def flaws_of_source(path: Path) -> list[str]:
    """What the source archive lacks."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "seeds/en.jsonl")
    return [f"{path.name} lacks {name}" for name in wanted if name not in names]


def flaws_of_texts(version: str) -> list[str]:
    """Whether changelog and citation file speak of the version."""
    flaws = []
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(version)}\b(.*)$", changelog, re.MULTILINE)
    if found is None:
        flaws.append(f"CHANGELOG.md has no section {version}")
    elif "unreleased" in found.group(1):
        print(f"Still to do: CHANGELOG.md calls {version} unreleased; put the date there.")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    if f"\nversion: {version}\n" not in citation:
        flaws.append(f"CITATION.cff does not name the version {version}")
    return flaws


def main() -> None:
    """Look at everything; exit with 1 and a line for each flaw."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    dist = ROOT / "dist"
    wheel = dist / f"selfinstruct-{version}-py3-none-any.whl"
    source = dist / f"selfinstruct-{version}.tar.gz"
    flaws = flaws_of_texts(version) + flaws_of_wheel(wheel) + flaws_of_source(source)
    if flaws:
        sys.exit("\n".join(flaws))
    print(f"{wheel.name} and {source.name} hold what they should, and the texts name {version}.")


if __name__ == "__main__":
    main()
