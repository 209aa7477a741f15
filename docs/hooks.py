"""Lets the site have the files outside docs/ that documents link to.

On GitHub a document links to any file of the repository by its path. The site has docs/ only, so
MkDocs, which calls the functions named ``on_...``, is given a copy of each file that is linked to,
under ``repository/``; Markdown becomes a page, whose own links are followed likewise. A link that
leads nowhere is left as it is, and MkDocs ends the build with it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
DOCS = "docs/"
COPIES = "repository/"
SAME = {"README.md": "index.md"}
"""Files whose place a page of the site has taken."""

_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
_FENCE_OR_LINK = re.compile(r"^ *```.*?^ *```$|(?<=\]\()[^)\s#:]+", re.DOTALL | re.MULTILINE)


def site_path(path: str) -> str | None:
    """What a file of the repository is called on the site; None where there is no such file."""
    if not (ROOT / path).is_file():
        return None
    if path.startswith(DOCS):
        return path.removeprefix(DOCS)
    return SAME.get(path, COPIES + path)


def _in_repository(page: str) -> str:
    return page.removeprefix(COPIES) if page.startswith(COPIES) else DOCS + page


def _goal(page: str, target: str) -> str | None:
    folder = posixpath.dirname(_in_repository(page))
    return site_path(posixpath.normpath(posixpath.join(folder, target)))


def relinked(page: str, text: str) -> str:
    """The text of a page of the site, its links to files of the repository led to the site's."""

    def exchanged(found: re.Match[str]) -> str:
        goal = None if "```" in found[0] else _goal(page, found[0])
        return found[0] if goal is None else posixpath.relpath(goal, posixpath.dirname(page) or ".")

    return _FENCE_OR_LINK.sub(exchanged, text)


def copies(page: str, text: str) -> list[str]:
    """The files outside docs/ that a page links to, by their names on the site."""
    targets = (found for found in _FENCE_OR_LINK.findall(text) if "```" not in found)
    goals = (_goal(page, target) for target in targets)
    return [goal for goal in goals if goal is not None and goal.startswith(COPIES)]


def _named(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    entries = nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ()
    return [page for entry in entries for page in _named(entry)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a copy of each file that a page, or the table of contents, leads to."""
    from mkdocs.structure.files import File

    pages = [(file.src_uri, file.content_string) for file in files.documentation_pages()]
    waiting = [page for page in _named(config.nav) if page.startswith(COPIES)]
    waiting += [goal for page, text in pages for goal in copies(page, text)]
    while waiting:
        goal = waiting.pop()
        source = ROOT / _in_repository(goal)
        if files.get_file_from_path(goal) is None and source.is_file():
            files.append(File.generated(config, goal, abs_src_path=str(source)))
            if goal.endswith(".md"):
                waiting += copies(goal, source.read_text(encoding="utf-8"))
    return files


def _first_sentence(page: str) -> str:
    """What a page says of itself first, on one line and without links."""
    text = (ROOT / _in_repository(page)).read_text(encoding="utf-8")
    text = _FENCED.sub("", text)
    for part in text.split("\n\n"):
        line = " ".join(part.split())
        if line and line[0] not in "#|!<-*(":
            plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
            return re.split(r"(?<=[.:]) ", plain, maxsplit=1)[0].rstrip(":")
    return ""


def llms(config: Mapping[str, Any]) -> str:
    """The text of llms.txt (llmstxt.org), for language models: the pages in order of reading."""
    name, about = config["site_name"], config["site_description"]
    told = [f"# {name}", f"> {about}", "An agent's page: `selfinstruct describe --skill`."]
    for entry in config["nav"]:
        ((title, under),) = entry.items()
        pages = [{title: under}] if isinstance(under, str) else under
        lines = [
            f"- [{one}]({page.removesuffix('.md')}.html): {_first_sentence(page)}"
            for named in pages
            for one, page in named.items()
        ]
        told.append("\n".join([f"## {title}", "", *lines]))
    return "\n\n".join(told) + "\n"


def on_post_build(config: MkDocsConfig) -> None:
    """Write llms.txt beside the pages."""
    (Path(config.site_dir) / "llms.txt").write_text(llms(dict(config)), encoding="utf-8")


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead a page's links to what the site has."""
    return relinked(page.file.src_uri, markdown)
