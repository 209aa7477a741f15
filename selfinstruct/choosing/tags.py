"""Open tags made comparable, as InsTag did as far as that needs no embeddings.

InsTag (Lu et al., arXiv 2308.07074, section 3.2) has four steps: seldom tags are dropped; spellings
are made one by lower case and stems; tags of one meaning are merged by embeddings; tags that come
with another one nearly always are merged into it. The third is left out here: nothing in this
package knows what a word means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from rouge_score.tokenizers import DefaultTokenizer

_SUPPORT = 40  # tasks that have both tags
_CONFIDENCE = 0.99  # of the tasks with one tag, those that have the other too

Tags = Mapping[str, Sequence[str]]
"""By the id of a task, its tags."""


def normalised(raw: Tags, least: int) -> dict[str, tuple[str, ...]]:
    """The tags of each task, made comparable; tasks that have none left have none.

    Args:
        raw: As the judge gave them.
        least: Tags that stand at fewer tasks are dropped (InsTag: 20, of 306,044 tasks).
    """
    seen = Counter(tag for tags in raw.values() for tag in set(tags))
    spelt = _spellings({tag: count for tag, count in seen.items() if count >= least})
    tagged = {
        name: tuple(dict.fromkeys(spelt[tag] for tag in tags if tag in spelt))
        for name, tags in raw.items()
    }
    into = _merged(tagged)
    return {
        name: tuple(dict.fromkeys(into.get(tag, tag) for tag in tags))
        for name, tags in tagged.items()
    }


def _spellings(seen: Mapping[str, int]) -> dict[str, str]:
    """Of each tag the commonest spelling among those of one stem."""
    best: dict[str, str] = {}
    for tag in sorted(seen, key=lambda one: (-seen[one], one)):
        best.setdefault(_stem(tag), tag)
    return {tag: best[_stem(tag)] for tag in seen}


_STEMMER = DefaultTokenizer(use_stemmer=True)


def _stem(tag: str) -> str:
    """``tag`` in lower case, English words cut to their stems; the rules know no other language."""
    folded = " ".join(tag.casefold().split())
    return " ".join(_STEMMER.tokenize(folded)) or folded if folded.isascii() else folded


def _merged(tagged: Tags) -> dict[str, str]:
    """Of each tag that comes with a commoner one nearly always, that one."""
    alone = Counter(tag for tags in tagged.values() for tag in tags)
    both = Counter(pair for tags in tagged.values() for pair in combinations(sorted(tags), 2))
    into: dict[str, str] = {}
    for (first, second), count in both.items():
        # The commoner one stays; of equally common ones the first by letters.
        rare, common = sorted((first, second), key=lambda tag: (-alone[tag], tag))[::-1]
        if count < _SUPPORT or count < _CONFIDENCE * alone[rare]:
            continue
        before = into.get(rare)
        if before is None or (-alone[common], common) < (-alone[before], before):
            into[rare] = common
    return {tag: _end(tag, into) for tag in into}


def _end(tag: str, into: Mapping[str, str]) -> str:
    """Where ``tag`` leads to; each step leads to a commoner one, so there is an end."""
    while tag in into:
        tag = into[tag]
    return tag
