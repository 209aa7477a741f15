"""Dialogues: OpenAI's ``messages`` and ShareGPT's ``conversations``.

Both are a list of turns, each with a speaker and a text. A task is one turn of the person with the
answer to it. OpenAI's published rules for fine-tuning files are checked where they apply.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats import reasoning
from selfinstruct.formats.base import Reading, Row, joined, made, separated
from selfinstruct.tasks import Instance, Task

_PERSON, _TEACHER, _SYSTEM, _OTHER, _TOOL = "user", "assistant", "system", "other", "tool"
# Names that data sets use besides the format's own.
_SPEAKERS = {
    "user": _PERSON,
    "human": _PERSON,
    "assistant": _TEACHER,
    "gpt": _TEACHER,
    "chatgpt": _TEACHER,
    "bing": _TEACHER,
    "bard": _TEACHER,
    "model": _TEACHER,
    "system": _SYSTEM,
    "developer": _SYSTEM,
    "prompter": _PERSON,
    "bot": _TEACHER,
    "ai": _TEACHER,
}
# Turns of tools, and of a teacher that calls one.
_TOOLS = frozenset(
    {"tool", "tools", "function", "function_call", "tool_call", "observation", "ipython"}
    | {"function_response", "tool_response"}
)
BEHIND_TOOLS = "turns behind a tool's"
_Turn = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One of the two.

    Attributes:
        name: What ``--format`` calls it.
        turns: The field of the list.
        speaker: In a turn, the field of the speaker.
        said: In a turn, the field of the text.
        names: What the speakers are called: of the system, the person, the teacher.
        system: A system message to write; None for what tasks have themselves.
    """

    name: str
    turns: str
    speaker: str
    said: str
    names: Mapping[str, str]
    system: str | None = None

    def reads(self, row: Row) -> bool:
        """Whether the row has the list."""
        return isinstance(row.get(self.turns), list)

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The first exchange, or all of them, each with what was said before as its input."""
        turns = list(self._turns(row))
        system = "\n\n".join(said for who, said in turns if who == _SYSTEM) or None
        if system is None and isinstance(row.get(_SYSTEM), str):
            system = row[_SYSTEM] or None  # some rows have it beside the turns
        turns = _before_tools([turn for turn in turns if turn[0] != _SYSTEM])
        found = []
        for place, (asked, answered) in enumerate(itertools.pairwise(turns)):
            if asked[0] != _PERSON or answered[0] != _TEACHER:
                continue
            instruction, given = asked[1], ""
            if how.split_input:
                instruction, given = separated(instruction)
            if place:
                given = joined(_transcript(turns[:place]), given)
            case = Instance(input=given, output=answered[1])
            found.append(made(instruction, [case], {"system": system}))
            if not how.all_turns:
                break
        if not found:
            raise UsageError(self._why_none(row))
        return found

    def unread(self, row: Row, how: Reading) -> list[str]:
        """Fields beside the turns, and turns that follow on a tool's, which no task can hold."""
        names = [name for name in row if name not in {self.turns, _SYSTEM}]
        turns = list(self._turns(row))
        whole = how.all_turns and len(_before_tools(turns)) < len(turns)
        return [*names, *([BEHIND_TOOLS] if whole else [])]

    def _why_none(self, row: Row) -> str:
        """Why the row holds no exchange."""
        turns = _list(row[self.turns])
        said = [str(one.get(self.speaker, one.get("role", one.get("from")))) for one in turns]
        shown = ", ".join(said[:6]) + (", …" if len(said) > 6 else "")
        if any(who == _TOOL for who, _ in self._turns(row)):
            return (
                "the first question is answered by a call of a tool, which no task can hold "
                f"(turns: {shown})"
            )
        if not said:
            return f"{self.turns!r} is empty"
        return f"there is no turn of a person with an answer to it (turns: {shown})"

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The dialogue of one instance."""
        case = task.instances[number]
        prompt = joined(task.instruction, case.input)
        if not prompt.strip() or not case.output.strip():
            empty = "output" if prompt.strip() else "instruction"
            raise UsageError(f"the task {task.id} has an empty {empty}")
        system = self.system or getattr(task, "system", None)
        turns = [(_SYSTEM, system)] if system else []
        turns += [(_PERSON, prompt), (_TEACHER, case.output)]
        said = [{self.speaker: self.names[who], self.said: text} for who, text in turns]
        return {self.turns: said}

    def flaws(self, row: Row) -> Iterator[tuple[str, str]]:
        """Rules that a row breaks, each with a sentence: those that OpenAI publishes."""
        turns = row.get(self.turns)
        if not isinstance(turns, list) or not turns:
            yield "missing-key", f"there is no list {self.turns!r}"
            return
        for place, turn in enumerate(turns, 1):
            if not isinstance(turn, dict) or self.speaker not in turn:
                yield "wrong-type", f"turn {place} has no {self.speaker!r}"
            elif turn[self.speaker] not in self.names.values():
                known = ", ".join(self.names.values())
                yield "unknown-role", f"turn {place}: {turn[self.speaker]!r} is none of {known}"
            elif not isinstance(turn.get(self.said), str):
                yield "wrong-type", f"turn {place} has no text {self.said!r}"
            elif not turn[self.said].strip():
                yield "empty-content", f"turn {place} is empty"
            else:
                for rule, sentence in reasoning.flaws(turn, self.said):
                    yield rule, f"turn {place}: {sentence}"
        last = turns[-1]
        if isinstance(last, dict) and last.get(self.speaker) != self.names[_TEACHER]:
            yield "last-message", f"the last turn is not from {self.names[_TEACHER]!r}"

    def _turns(self, row: Row) -> Iterator[_Turn]:
        """The turns; those of tools and other speakers, and empty ones, stand between others."""
        for place, turn in enumerate(row[self.turns], 1):
            if not isinstance(turn, dict):
                raise UsageError(f"turn {place} of {self.turns!r} is no object")
            # Data sets mix the two spellings.
            who = turn.get(self.speaker, turn.get("role", turn.get("from")))
            if not isinstance(who, str):
                raise UsageError(f"turn {place} of {self.turns!r} has no {self.speaker!r}")
            if who.casefold() in _TOOLS or turn.get("tool_calls") or turn.get("function_call"):
                yield _TOOL, ""
                continue
            content = turn.get(self.said, turn.get("content", turn.get("value")))
            said = _text(content, f"turn {place} of {self.turns!r}")
            speaker = _SPEAKERS.get(who.casefold(), _OTHER)
            yield (speaker, said) if said and said.strip() else (_OTHER, "")


def _text(content: object, where: str) -> str | None:
    """The text of a turn; parts of type text are joined, in OpenAI's spelling or LLaMA-Factory's.

    Raises:
        UsageError: A part is no text.
    """
    if not isinstance(content, list):
        return content if isinstance(content, str) else None
    texts = []
    for part in content:
        said = part.get("text", part.get("value")) if isinstance(part, dict) else part
        kind = part.get("type", "text") if isinstance(part, dict) else "text"
        if kind != "text" or not isinstance(said, str):
            raise UsageError(f"{where} holds a part of type {kind!r}, and a task holds texts alone")
        texts.append(said)
    return "\n".join(texts)


def _before_tools(turns: list[_Turn]) -> list[_Turn]:
    """The turns up to the question that a tool was called for; what follows rests on its result."""
    place = next((n for n, turn in enumerate(turns) if turn[0] == _TOOL), None)
    return turns if place is None else turns[:place]


def _list(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _transcript(turns: Sequence[_Turn]) -> str:
    return "\n\n".join(f"{who}: {said}" for who, said in turns if who != _OTHER)


CHAT = Dialogue(
    "chat",
    "messages",
    "role",
    "content",
    {_SYSTEM: "system", _PERSON: "user", _TEACHER: "assistant"},
)
SHAREGPT = Dialogue(
    "sharegpt",
    "conversations",
    "from",
    "value",
    {_SYSTEM: "system", _PERSON: "human", _TEACHER: "gpt"},
)
FEWEST_ROWS = 10
"""OpenAI refuses fine-tuning files with fewer examples."""
