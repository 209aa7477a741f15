"""Reading a command line that is not whole yet, while a shell completes it.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Completing(TyperGroup):
    """A program that is completed fast."""

    _completing = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Find the verb; where a shell completes, the program's own options are none of it.

        Typer would load its library for their values, which takes longer than all the rest.
        """
        self._completing = ctx.resilient_parsing
        try:
            return super().parse_args(ctx, args)
        finally:
            self._completing = False

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of the program itself."""
        return [] if self._completing else super().get_params(ctx)


def read_words(command: Any, context: Any, args: list[str]) -> list[str]:
    """Read what stands before the word that is completed, and make nothing of the values.

    Typer would: with its library for that it takes twice as long, and it knows no argument where an
    option still lacks its value.

    Args:
        command: The verb; typer exports no name for it.
        context: Its context, where the words go.
        args: The words.
    """
    whole = args[:-1] if args and args[-1].startswith("-") else args
    rest: list[str]
    given, rest, _ = command.make_parser(context).parse_args(args=list(whole))
    for parameter in command.get_params(context):
        value, source = parameter.consume_value(context, given)
        context.params[parameter.name] = value
        context.set_parameter_source(parameter.name, source)
    context.args = rest
    return rest
