"""The text of the mock's thoughts: prose of a stated length that depends on the prompt alone.

It holds what makes the thoughts of real models dangerous to read as answers: words of assent and
denial, numbered lines, blank lines, now and then a marker of the answer's frame. It never holds a
tag.
"""

from __future__ import annotations

import hashlib
import random

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.reply_flaws import THOUGHT_HABITS, pick
from selfinstruct.mock.teacher import CHARACTERS_PER_TOKEN

_YES_OR_NO = 0.12  # of the sentences
_NUMBERED = 0.06
_NEW_PARAGRAPH = 0.1
_LOOKED_AT = 400  # characters at the end of the prompt whose words are thought about
_LONGEST_WORD = 20

_PLAIN = (
    "Let me see what is asked here.",
    "So this is about {word}, as far as I can tell.",
    "The word {word} matters, and I should not lose it.",
    "I should keep it short and stay with the form that is wanted.",
    "Hmm, let me think about {word} once more.",
    "First I look at the last lines, then at what comes before them.",
    "There may be more than one way to read this.",
    "Wait, perhaps {word} is meant in another sense.",
    "That seems right, but I want to be sure.",
    "A plain sentence will do.",
)
_TORN = (
    "Is it {yes} or is it {no}?",
    "One could say {no}, though I lean towards {yes}.",
    "Yes, that fits; no, wait, it fits only in part.",
    "{no}. Or rather {yes}, if {word} counts.",
)
_LISTED = (
    "\n1. What is given: {word}.\n2. What is wanted.\n",
    "\n1. Write a draft about {word}.\n2. Check it against the request.\n3. Shorten it.\n",
)
_HABITS = {
    "marker": 'The answer goes behind "{output}:", I believe.',
    "demonstrations": "The examples above show how it is done, so I follow them.",
}


def thoughts(text: str, count: int, grammar: Grammar, choice: int = 0) -> str:
    """What is thought about ``text`` in exactly ``count`` tokens, in English.

    Args:
        text: The whole prompt.
        count: How many tokens; 0 gives "".
        grammar: Whose words for yes, no and the markers are used.
        choice: Which of several replies to the same request this is.
    """
    if count <= 0:
        return ""
    seed = hashlib.sha256(f"thoughts {choice}\n{text}".encode("utf-8", "replace")).digest()
    rng = random.Random(seed)
    words = [
        word for word in text[-_LOOKED_AT:].split() if word.isalpha() and len(word) < _LONGEST_WORD
    ]
    habit = pick(THOUGHT_HABITS, rng)
    place = rng.randint(1, 4)
    wanted = count * CHARACTERS_PER_TOKEN
    said, length, sentences = [], 0, 0
    while length < wanted:
        pattern = _HABITS[habit] if habit and sentences == place else _pattern(rng)
        sentence = pattern.format(
            word=rng.choice(words) if words else "it",
            yes=grammar.cues.yes,
            no=grammar.cues.no,
            output=grammar.cues.output,
        )
        said.append(sentence + ("\n\n" if rng.random() < _NEW_PARAGRAPH else " "))
        length += len(said[-1])
        sentences += 1
    return "".join(said)[: wanted - 1] + "."


def _pattern(rng: random.Random) -> str:
    point = rng.random()
    if point < _YES_OR_NO:
        return rng.choice(_TORN)
    return rng.choice(_LISTED if point < _YES_OR_NO + _NUMBERED else _PLAIN)
