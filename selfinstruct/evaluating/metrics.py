"""What is right: exact match and ROUGE-L of a prediction, the best over its references.

The metric of Super-NaturalInstructions and Tk-Instruct (Wang et al., arXiv 2204.07705, section 5
and the released script): exact match after lower-casing, deleting ASCII punctuation and squeezing
white space; ROUGE-L F1 over Porter stems, as ``rouge_score`` computes it. ``qa`` is the exact match
of SQuAD (Rajpurkar et al., arXiv 1606.05250), which also deletes articles.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import LCSseq

from selfinstruct.languages.tokenizers import RougeTokenizer, Tokenizer
from selfinstruct.novelty.scoring import f1

if TYPE_CHECKING:
    from collections.abc import Hashable

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_SHORTEST_STEMMED = 4  # rouge_score leaves shorter tokens as they are

Normalise = Callable[[str], str]


def superni(text: str) -> str:
    """``text`` as Tk-Instruct's exact match compares it; articles stay."""
    return " ".join(text.lower().translate(_NO_PUNCTUATION).split())


def qa(text: str) -> str:
    """``text`` as SQuAD's exact match compares it: without English articles."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


NORMALISERS: dict[str, Normalise] = {"superni": superni, "qa": qa}


def exact(prediction: str, references: Sequence[str], normalise: Normalise) -> bool:
    """Whether the prediction is one of the references, but for what is normalised."""
    return normalise(prediction) in {normalise(one) for one in references}


class Stems:
    """rouge_score's tokenizer with stemming: Porter stems of runs of ``[a-z0-9]``.

    Its verdicts are those of ``RougeScorer(use_stemmer=True)``; each word is stemmed once.
    """

    def __init__(self) -> None:
        from nltk.stem.porter import PorterStemmer  # what rouge_score stems with

        self._tokenizer = RougeTokenizer()
        self._stem = lru_cache(maxsize=1 << 18)(PorterStemmer().stem)

    def tokenize(self, text: str) -> list[str]:
        """The stems of ``text``, in order."""
        return [
            self._stem(token) if len(token) >= _SHORTEST_STEMMED else token
            for token in self._tokenizer.tokenize(text)
        ]


class RougeL:
    """ROUGE-L F1 over the tokens of ``tokenizer``.

    Args:
        tokenizer: :class:`Stems` for the published metric.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._codes: dict[Hashable, int] = {}
        self._encoded = lru_cache(maxsize=1 << 16)(self._encode)

    def score(self, prediction: str, references: Sequence[str]) -> float:
        """The highest over the references, in [0, 1]; 0 where there are none."""
        mine = self._encoded(prediction)
        return max((self._pair(mine, self._encoded(one)) for one in references), default=0.0)

    @staticmethod
    def _pair(one: tuple[int, ...], other: tuple[int, ...]) -> float:
        return f1(LCSseq.similarity(one, other), len(one), len(other))

    def _encode(self, text: str) -> tuple[int, ...]:
        codes = self._codes
        return tuple(codes.setdefault(one, len(codes)) for one in self._tokenizer.tokenize(text))
