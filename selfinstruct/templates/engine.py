"""Reading and rendering templates: jinja's sandbox, and what a template says of its own.

Light to import: the process that strange templates run in starts with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from selfinstruct import jsonl
from selfinstruct.errors import PromptError

NUMBERS = frozenset({"first", "last", "count", "most"})  # values that are numbers

# What the code in a template may raise, besides jinja's own errors.
_RAISED = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a template turned out to be.

    Attributes:
        used: The variables that it uses.
        frame: What it says of its own: see :meth:`selfinstruct.prompts.Prompts.frame`.
    """

    used: frozenset[str]
    frame: tuple[str, ...]


class Renderer(Protocol):
    """What reads templates, keeps them by name, and renders them."""

    def read(self, name: str, path: str, source: str, values: Mapping[str, Any]) -> Read:
        """Keep the template ``source`` of the file ``path`` as ``name``.

        Args:
            name: What it is called when it is rendered.
            path: Its file, for messages.
            source: Its text.
            values: What it is given each time, where nothing else is; ``labels`` are among them.

        Raises:
            PromptError: It cannot be used; the message names file and line.
        """
        ...

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of the template called ``name``.

        Raises:
            PromptError: It fails on these values; the message names its file.
        """
        ...


class _Environment(SandboxedEnvironment):
    """The sandbox, with a short way to what stands in a dictionary: most of what templates ask."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``obj.attribute`` in a template."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Engine:
    """A :class:`Renderer` in this process, for templates that can be trusted to come to an end."""

    def __init__(self) -> None:
        self._environment = _Environment(
            undefined=StrictUndefined,
            trim_blocks=True,
            autoescape=False,
        )
        self._environment.filters["json"] = jsonl.dumps
        self._templates: dict[str, tuple[Template, Mapping[str, Any]]] = {}

    def read(self, name: str, path: str, source: str, values: Mapping[str, Any]) -> Read:
        """See :meth:`Renderer.read`."""
        try:
            tree = self._environment.parse(source)
            used = frozenset(meta.find_undeclared_variables(tree))
            code = self._environment.compile(source, filename=path)
        except TemplateSyntaxError as error:
            raise PromptError(f"{path}:{error.lineno}: {error.message}.") from error
        except _RAISED as error:
            raise PromptError(f"{path}: {str(error).rstrip('.')}.") from error
        template = Template.from_code(self._environment, code, self._environment.globals)
        self._templates[name] = template, values
        return Read(used, _frame(tree, values["labels"]))

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """See :meth:`Renderer.render`."""
        template, always = self._templates[name]
        try:
            return template.render({**always, **values}).strip()
        except _RAISED as error:
            raise PromptError(f"{template.filename}: {str(error).rstrip('.')}.") from error


def _frame(tree: nodes.Template, labels: Mapping[str, Any]) -> tuple[str, ...]:
    """The pieces of a template that do not depend on what it is given."""
    pieces = [""]
    for output in tree.find_all(nodes.Output):
        pieces.append("")  # blocks that are repeated or chosen are pieces of their own
        for node in output.nodes:
            if (said := _constant(node, labels)) is None:
                pieces.append("")
            else:
                pieces[-1] += said
    return tuple(text for piece in pieces if (text := " ".join(piece.split())))


def _constant(node: nodes.Expr, labels: Mapping[str, Any]) -> str | None:
    """What ``node`` comes to whatever the template is given; "0" for a number; None for a value."""
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Name) and node.name in NUMBERS:
        return "0"
    if isinstance(node, nodes.Filter) and node.name == "length":
        return "0"
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        name, key = node.node.name, node.attr
        if name == "loop":
            return "0"
        if name == "labels" and isinstance(labels.get(key), str):
            return str(labels[key])
    return None
