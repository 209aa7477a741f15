"""How a case becomes a prompt: as a user would ask, or as Tk-Instruct was asked.

The benchmark of Super-NaturalInstructions is asked in the form that its authors trained on (Wang et
al., arXiv 2204.07705; ``ni_collator.py`` of their code): the definition, worked examples if any,
the instance. It is kept to the letter, blanks at line ends too, so that figures can be compared.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from enum import StrEnum

from selfinstruct.answering import drawing
from selfinstruct.answering.cases import Case
from selfinstruct.languages import LanguagePack
from selfinstruct.prompts import Prompts, Step
from selfinstruct.teachers import Api

TOKENS = 128  # of an answer to a prompt of the benchmark, as its authors had it
MOST_INSTANCES = 100  # of a task of the benchmark: its first ones, which are balanced by label

_EXAMPLES = 2  # shown by ``definition+2``
_NEXT = "Now complete the following example -"

Encode = Callable[[Case], str]
"""The prompt of a case."""


class Encoding(StrEnum):
    """The ways; the values are those of ``--encoding``."""

    PLAIN = "plain"
    DEFINITION = "definition"
    DEFINITION_2 = "definition+2"

    @property
    def is_of_the_benchmark(self) -> bool:
        """Whether it is a form of Super-NaturalInstructions."""
        return self is not Encoding.PLAIN

    @property
    def examples(self) -> int:
        """How many worked examples a prompt shows, where there are so many."""
        return _EXAMPLES if self is Encoding.DEFINITION_2 else 0

    def stops(self, api: Api, pack: LanguagePack) -> tuple[str, ...]:
        """What ends an answer, where a base model writes on."""
        if not self.is_of_the_benchmark:
            return drawing.stops(api, pack)
        if api is Api.CHAT:
            return ()
        return ("\nInput:", "\nDefinition:", f"\n{_NEXT}", "\n Positive Example")


def encoder(encoding: Encoding, prompts: Prompts | None) -> Encode:
    """What makes the prompts.

    Args:
        encoding: In which form.
        prompts: Templates with :attr:`Step.ANSWER`; only ``plain`` needs them.
    """
    if prompts is None:
        return lambda case: benchmark_prompt(case, encoding.examples)
    known = prompts
    return lambda case: known.render(Step.ANSWER, instruction=case.instruction, input=case.input)


def benchmark_prompt(case: Case, examples: int) -> str:
    """The prompt of the benchmark for ``case``, with the first ``examples`` of its examples."""
    shown = "".join(
        f" Positive Example {number} -\n"
        f"{_ended(f'Input: {example.input.strip()}')}\n"
        f"{_ended(f' Output: {example.output.strip()}')}\n\n"
        for number, example in enumerate(case.examples[:examples], 1)
    )
    definition = _ended(f"Definition: {case.instruction.strip()}")
    asked = _ended(f"Input: {case.input.strip()}")
    return f"{definition}\n\n{shown}{_NEXT}\n{asked}\nOutput: "


def _ended(text: str) -> str:
    """``text`` with a full stop, unless it ends in a punctuation mark of ASCII."""
    return text if text[-1] in string.punctuation else f"{text}."
