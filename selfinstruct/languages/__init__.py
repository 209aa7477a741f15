"""Languages as packs: everything that depends on the language of the tasks.

Nothing outside a pack may assume English. :func:`load` finds a pack by name or by folder.
"""

from __future__ import annotations

from selfinstruct.languages.pack import LanguagePack, available, load
from selfinstruct.languages.tokenizers import ROUGE, Tokenizer, UnicodeTokenizer, naming, tokenizer

__all__ = [
    "ROUGE",
    "LanguagePack",
    "Tokenizer",
    "UnicodeTokenizer",
    "available",
    "load",
    "naming",
    "tokenizer",
]
