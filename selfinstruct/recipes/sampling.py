"""Verified answers: each output asked several times, and the one kept that agrees most.

Self-Instruct (section 5) finds 58% of its outputs correct. With K samples the medoid under ROUGE-L
is kept, for short answers the one given most often, and its agreement is stored with the instance.
Where all are to be kept, the others stand beside it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import LCSseq

from selfinstruct.answering import drawing
from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, Recipe, View
from selfinstruct.errors import StarvedError
from selfinstruct.filters import Soundness, valid_instances
from selfinstruct.filters.grounding import normalised
from selfinstruct.languages import tokenizer
from selfinstruct.novelty.scoring import f1
from selfinstruct.parsing import answer
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes.decoding import with_stops
from selfinstruct.recipes.keeping import NOTHING, Thoughts, with_thoughts
from selfinstruct.recipes.replies import Replies
from selfinstruct.requests import gather_all
from selfinstruct.tasks import KEPT, SAMPLES, Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

STEPS = (Step.ANSWER,)


class Keep(StrEnum):
    """Which of several answers are stored; the values are those of ``--keep``."""

    BEST = "best"
    ALL = "all"


_SHORT = 5  # words; answers up to this length are the same or not
_INSTANCES = 1.5  # of a task, for estimates
_FLOOR = 0.2  # agreement below which a medoid says nothing: that of unrelated texts


class Sampled:
    """A recipe whose outputs are asked ``samples`` times, the first time being its own.

    Args:
        recipe: The recipe.
        samples: K, at least 2.
        decoding: How the further answers are drawn.
        prompts: Templates with :attr:`Step.ANSWER`.
        api: The kind of endpoint.
        thoughts: What is done with the teacher's thoughts.
        sound: The rules besides the papers', which samples must pass and which keep the recipe's
            own answer where the best agreement is low; None where they are not wanted.
        keep: Whether all answers are stored, or the best one alone.
    """

    def __init__(
        self,
        recipe: Recipe,
        samples: int,
        decoding: Decoding,
        prompts: Prompts,
        api: Api,
        thoughts: Thoughts = NOTHING,
        sound: Soundness | None = None,
        keep: Keep = Keep.BEST,
    ) -> None:
        self.name = recipe.name
        self.end = recipe.end
        self.retries_from = recipe.retries_from
        self._recipe = recipe
        self._samples = samples
        self._thoughts = thoughts
        self._keep = keep
        pack = prompts.pack
        self._decoding = with_stops(decoding, *drawing.stops(api, pack))
        self._prompts = prompts
        self._replies = Replies(pack)
        self._words: Callable[[str], list[str]] = tokenizer(pack.tokenizer).tokenize
        self._articles = pack.answers.articles
        self._sound = sound

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.visible(number)

    def known(self, seed: Task) -> list[str]:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.known(seed)

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.draft(number, rng, view)

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.read(reply, draft)

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.copied(candidate, draft)

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.refuse(candidate)

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        if step == Step.ANSWER:
            return self._usable("", "", reply) is not None
        return self._recipe.understands(step, reply, draft)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """The recipe's calls, and the further answers."""
        outlook = self._recipe.foresee(number, rng, view)
        seed = rng.choice(list(view.seeds))
        case = seed.instances[0]
        asked = self._prompt(seed.instruction, case.input, number, 1)
        more = Foreseen(asked, case.output, per_accepted=(self._samples - 1) * _INSTANCES)
        return replace(outlook, calls=(*outlook.calls, more))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """The recipe's task, with the output of each instance that agrees most."""
        developed = await self._recipe.develop(candidate, draft, number, ask)
        work = [
            self._verified(candidate.instruction, case, draft, number, ask)
            for case in developed.instances
        ]
        cases: list[Instance] = []
        rejects = list(developed.rejects)
        for case, leaks in await gather_all(work):
            cases.append(case)
            rejects += leaks
        return replace(developed, instances=tuple(cases), rejects=tuple(rejects))

    async def _verified(
        self, instruction: str, case: Instance, draft: Draft, number: int, ask: Ask
    ) -> tuple[Instance, list[Reject]]:
        first = self._prompt(instruction, case.input, number, draft.prompt.repeat)
        prompts = [replace(first, sample=sample) for sample in range(1, self._samples)]
        replies = await asyncio.gather(*map(ask, prompts), return_exceptions=True)
        outputs: list[str | None] = [case.output]
        for reply in replies:
            if isinstance(reply, StarvedError):
                outputs.append(None)
                continue
            if isinstance(reply, BaseException):
                raise reply
            outputs.append(self._usable(instruction, case.input, reply))
        floor = _FLOOR if self._sound else 0.0
        place, agreement = agreed(outputs, self._words, self._articles, floor)
        extra = case.model_dump() | {"output": outputs[place], "agreement": agreement}
        extra |= beside(outputs, place) if self._keep is Keep.ALL else {}
        chosen = Instance.model_validate(extra)
        if not place:
            return chosen, []
        reply = replies[place - 1]
        thoughts = reply.thoughts if isinstance(reply, Reply) else ""
        (kept,), leaks = self._thoughts.kept(
            [with_thoughts(chosen, "")], thoughts, first.text, instruction
        )
        return kept, leaks

    def _usable(self, instruction: str, given: str, reply: Reply) -> str | None:
        """The answer, or None where it could not stand in a task."""
        said = answer(reply.text).strip()
        if reply.cut_off or self._replies.unreadable(reply, found=bool(said)):
            return None
        judge = self._sound.judge(instruction) if self._sound else None
        kept, _ = valid_instances(instruction, [Instance(input=given, output=said)], judge=judge)
        return said if kept else None

    def _prompt(self, instruction: str, given: str, number: int, repeat: int) -> Prompt:
        text = self._prompts.render(Step.ANSWER, instruction=instruction, input=given)
        return Prompt(text, self._decoding, Step.ANSWER, number, repeat=repeat)


def beside(outputs: Sequence[str | None], place: int) -> dict[str, Any]:
    """What an instance says of all its answers: see :func:`selfinstruct.tasks.answers_of`.

    Args:
        outputs: The answers in the order of their numbers; None for one that cannot be used.
        place: Which of them is the instance's own.
    """
    usable = [text for text in outputs if text is not None]
    kept = sum(text is not None for text in outputs[:place])
    return {SAMPLES: usable, KEPT: kept}


def agreed(
    outputs: Sequence[str | None],
    words: Callable[[str], list[str]],
    articles: Collection[str],
    floor: float = 0.0,
) -> tuple[int, float]:
    """The place of the output that agrees most with the others, and how much, in [0, 1].

    Where all outputs are short, the most frequent one, and its share; else the medoid under ROUGE-L
    F1, and its mean score to the others. Of equals the first. An unusable output (None) agrees with
    none; the first output must be usable. Where not even the best agreement reaches ``floor``, the
    answers have nothing in common, and the first one is kept.
    """
    tokens = [words(text) if text is not None else [] for text in outputs]
    usable = [place for place, text in enumerate(outputs) if text is not None]
    if max(len(tokens[place]) for place in usable) <= _SHORT:
        same = [normalised(text, articles) if text is not None else None for text in outputs]
        place = max(usable, key=lambda n: (same.count(same[n]), -n))
        if same.count(same[place]) < floor * len(outputs):
            place = 0
        return place, round(same.count(same[place]) / len(outputs), 4)
    means = {
        place: sum(_score(tokens[place], tokens[n]) for n in usable if n != place)
        / (len(outputs) - 1)
        for place in usable
    }
    place = max(usable, key=lambda n: (means[n], -n))
    place = place if means[place] >= floor else 0
    return place, round(means[place], 4)


def _score(one: Sequence[str], other: Sequence[str]) -> float:
    return f1(LCSseq.similarity(one, other), len(one), len(other))
