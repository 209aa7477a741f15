"""The help of a verb, by subject: what a terminal and the documents show.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from typer import core

from selfinstruct.cli.exit_codes import sentence
from selfinstruct.cli.options.base import OUTPUT, PANELS

EPILOG = (
    "Options that mean the same for every verb also read SELFINSTRUCT_<OPTION>, and "
    "selfinstruct.toml in the current folder gives defaults. A flag goes before a variable, a "
    "variable before the file. " + sentence()
)
"""What the help of every verb ends with."""

Panel = tuple[str, list[tuple[str, str]]]
"""A subject, and how each of its options is written and what it does."""

_ARGUMENTS = "Arguments"
_OPTIONS = "Options"
_COMMAND = "selfinstruct "
_TYPES = {" <bool>": "", "<int range>": "<int>", "<float range>": "<float>"}
# A default that is no value but a word on it, which typer puts into parentheses.
_DEFAULT = re.compile(r"\[default: \((.*)\)((?:; [^;\]]+)*)\]$")


class WithHelp(core.TyperCommand):
    """A command whose help stands by subject."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole page: with colours and frames, unless they are not wanted."""
        if not core.HAS_RICH:
            self.format_usage(ctx, formatter)
            self.format_help_text(ctx, formatter)
            self.format_options(ctx, formatter)
            self.format_epilog(ctx, formatter)
            return
        from selfinstruct.console.help import drawn

        pieces = self.collect_usage_pieces(ctx)
        usage = " ".join([ctx.command_path, *pieces])
        page = drawn(usage, paragraphs(self.help or ""), panels(self, ctx), self.epilog or "")
        formatter.write(page)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what the verb does; commands of examples stay on lines of their own."""
        del ctx
        for paragraph in paragraphs(self.help or ""):
            formatter.write_paragraph()
            with formatter.indentation():
                for line in paragraph:
                    formatter.write_text(line)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, a section for each subject."""
        for title, rows in panels(self, ctx):
            with formatter.section(title):
                formatter.write_dl(rows)


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a docstring; each is one line, but for the commands in it."""
    found: list[list[str]] = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        lines: list[str] = []
        for line in paragraph.splitlines():
            if not lines or line.startswith(_COMMAND) or lines[-1].startswith(_COMMAND):
                lines.append(line)
            else:
                lines[-1] += f" {line}"
        found.append(lines)
    return found


def panels(command: Any, context: Any) -> list[Panel]:
    """The arguments, what this verb alone has, then the subjects that verbs share, in their order.

    What has no subject, such as ``--help``, stands with the output.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:
            continue
        is_argument = parameter.param_type_name == "argument"
        other = _ARGUMENTS if is_argument else _OPTIONS
        title = getattr(parameter, "rich_help_panel", None) or other
        found.setdefault(title, []).append(_readable(*record))
    if OUTPUT in found and _OPTIONS in found:
        found[OUTPUT] += found.pop(_OPTIONS)
    return sorted(found.items(), key=lambda panel: _place(panel[0]))


def _place(title: str) -> int:
    if title in PANELS:
        return PANELS.index(title) + 1
    return {_ARGUMENTS: -1, _OPTIONS: len(PANELS) + 1}.get(title, 0)


def _readable(spelt: str, text: str) -> tuple[str, str]:
    for before, after in _TYPES.items():
        spelt = spelt.replace(before, after)
    return spelt, _DEFAULT.sub(r"[default: \1\2]", text)
