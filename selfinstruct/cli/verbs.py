"""What all verbs share when they are called: what the person named, and where a value came from.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand

from selfinstruct.cli.sources import is_typed, is_variable

_TOKENIZER = "tokenizer"
_VARIABLE = "SELFINSTRUCT_TOKENIZER"  # also for verbs that have no such option


class Verb(TyperCommand):
    """A verb of the program."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb, with the code that the person named on the command line or around it."""
        with _named(ctx):
            return super().invoke(ctx)


@contextlib.contextmanager
def _named(context: Any) -> Iterator[None]:
    names = {os.environ.get(_VARIABLE, "")}
    if is_typed(context, _TOKENIZER) or is_variable(context, _TOKENIZER):
        names.add(context.params.get(_TOKENIZER) or "")
    names = {name for name in names if ":" in name}
    if not names:
        yield
        return
    from selfinstruct.languages import naming

    with naming(names):
        yield
