"""Whether a candidate is accepted: by the recipe's rules, by novelty, and by what came since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct import lineage
from selfinstruct.bootstrap.recipe import Draft, Recipe
from selfinstruct.filters import NoveltyRule
from selfinstruct.parsing import excerpt
from selfinstruct.pool import Pool
from selfinstruct.tasks import Candidate, Reason, Reject, Task

Verdict = tuple[Candidate | Reject, Mapping[str, Any]]
"""The candidate, or why it is refused; and further keys of the task that becomes of it."""


class Acceptance:
    """Judges candidates in order; each that is accepted counts for those behind it.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: Whose rules hold.
        novelty: The novelty rule, with nothing kept yet; it is filled from seeds and pool.
    """

    def __init__(
        self, pool: Pool, seeds: Sequence[Task], recipe: Recipe, novelty: NoveltyRule
    ) -> None:
        self._pool = pool
        self._recipe = recipe
        self._novelty = novelty
        self._texts: set[str] | None = None
        novelty.keep_many([text for seed in seeds for text in recipe.known(seed)])
        novelty.keep_many([item.instruction for item in pool.accepted() if not item.again])

    def verdict(self, candidate: Candidate, draft: Draft, number: int) -> Verdict:
        """What becomes of a candidate of request ``number``."""
        judged, more = self._by_the_rules(candidate, draft)
        if isinstance(judged, Reject):
            return judged, more
        if number in self._pool.retries:
            return self.still_wanted(judged, number), more
        if (texts := self._accepted_texts()) is not None:
            texts.add(judged.text)
        return judged, more

    def still_wanted(self, candidate: Candidate, number: int) -> Candidate | Reject:
        """``candidate``, unless a later request has brought the very same since.

        What was judged before counts, committed or not: the verdict must not depend on timing.
        """
        texts = self._accepted_texts()
        if texts is not None and candidate.text in texts:
            detail = {"duplicate_of": candidate.text} | retried(self._pool, number)
            return Reject(candidate.text, Reason.DUPLICATE, detail)
        if texts is not None:
            texts.add(candidate.text)
        return candidate

    def _accepted_texts(self) -> set[str] | None:
        """The texts accepted so far, where failures are asked again; nobody else needs them."""
        if self._texts is None and self._pool.retries:
            self._texts = {item.instruction for item in self._pool.accepted() if not item.failed}
        return self._texts

    def _by_the_rules(self, candidate: Candidate, draft: Draft) -> Verdict:
        if copied := self._recipe.copied(candidate, draft):
            return copied, {}
        if refusal := self._recipe.refuse(candidate):
            reason, detail = refusal
            return Reject(excerpt(candidate.text), reason, detail | dict(draft.lineage)), {}
        if not candidate.novel:
            self._novelty.keep(candidate.text)
            return candidate, {}
        similar = self._novelty.similar(candidate.text)
        if refusal := self._novelty.refuse(candidate.text):
            reason, detail = refusal
            return Reject(candidate.text, reason, detail | dict(draft.lineage)), {}
        return candidate, similar


def retried(pool: Pool, number: int) -> dict[str, Any]:
    """Which failure of an earlier run request ``number`` stands for, if it does."""
    failed = pool.retries.get(number)
    return lineage.retried(failed.origin) if failed else {}


def tried(pool: Pool, number: int) -> dict[str, Any]:
    """The same, with how often it has failed now."""
    failed = pool.retries.get(number)
    return lineage.retried(failed.origin, failed.tries + 1) if failed else {}
