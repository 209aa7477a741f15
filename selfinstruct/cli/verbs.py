"""What all verbs share when they are called: what the person named, and where a value came from.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

import typer

from selfinstruct.cli import variables
from selfinstruct.cli.completing_words import read_words
from selfinstruct.cli.help_page import WithHelp
from selfinstruct.cli.number_limits import refuse_endless
from selfinstruct.cli.options import batching
from selfinstruct.cli.value_sources import is_in_file, is_typed, is_variable
from selfinstruct.errors import IdleError, UsageError

_TOKENIZER = "tokenizer"
_FLAG = re.compile(r"--[a-z][a-z-]*[a-z]")


class Verb(WithHelp):
    """A verb of the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; an error names where the value stands, if not on the command line."""
        if ctx.resilient_parsing:  # a shell completes: nothing is called, and values are words
            return read_words(self, ctx, args)
        try:
            return super().parse_args(ctx, batching.with_minutes(args))
        except typer.BadParameter as error:
            if error.param is not None and (where := _origin(ctx, error.param)):
                error.message = f"{error.message.rstrip('.')}. It stands in {where}."
            error.message = _visible(error.message)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the verb, with the code that the person named on the command line or around it."""
        variables.say_unknown(ctx)
        with _named(ctx):
            return self._run(ctx)

    def _run(self, ctx: Any) -> Any:
        """Run it; what a variable or a file gives and says nothing here is passed over."""
        passed: set[str] = set()
        while True:
            try:
                refuse_endless(ctx, self.params)
                return super().invoke(ctx)
            except IdleError as error:
                parameter = self._parameter(f"--{error.option}")
                name = parameter.name if parameter is not None else None
                if name is None or name in passed or is_typed(ctx, name):
                    raise
                passed.add(name)
                ctx.params[name] = parameter.default
            except UsageError as error:
                error.args = (self._with_origins(ctx, str(error)),)
                raise

    def _with_origins(self, ctx: Any, said: str) -> str:
        """``said``, and where the values of options that it names stand."""
        for flag in dict.fromkeys(_FLAG.findall(said)):
            parameter = self._parameter(flag)
            where = _origin(ctx, parameter) if parameter is not None else ""
            if where:
                said += f" ({flag} stands in {where}.)"
        return said

    def _parameter(self, flag: str) -> Any:
        found = (one for one in self.params if flag in (*one.opts, *one.secondary_opts))
        return next(found, None)


def _origin(context: Any, parameter: Any) -> str:
    """Where the value of ``parameter`` stands; "" for the command line and for defaults."""
    if is_variable(context, parameter.name):
        named = parameter.envvar if isinstance(parameter.envvar, str) else parameter.envvar[0]
        return f"the variable {named}"
    if is_in_file(context, parameter.name):
        applied = context.obj
        return f"{applied.path}: {applied.keys[parameter.name]}"
    return ""


def _visible(text: str) -> str:
    from selfinstruct.console.talk import visible

    return visible(text)


@contextlib.contextmanager
def _named(context: Any) -> Iterator[None]:
    names = {os.environ.get(variables.TOKENIZER, "")}
    if is_typed(context, _TOKENIZER) or is_variable(context, _TOKENIZER):
        names.add(context.params.get(_TOKENIZER) or "")
    names = {name for name in names if ":" in name}
    if not names:
        yield
        return
    from selfinstruct.languages import naming

    with naming(names):
        yield
