"""``selfinstruct languages``: which language packs there are."""

from __future__ import annotations

from selfinstruct.cli import options as o


def languages(config: o.Config = None, json: o.Json = False) -> None:
    """List the language packs: tokenizer, threshold, seed tasks.

    A folder with a pack.toml is a pack of your own: --language ./mypack. docs/languages.md tells
    what it holds, and selfinstruct validate ./mypack checks it.
    """
    from selfinstruct import console
    from selfinstruct.languages import available, load
    from selfinstruct.seeds import load_seeds
    from selfinstruct.teachers.mock.grammar import spoken

    del config
    rows = []
    for code in available():
        pack = load(code)
        rows.append(
            {
                "code": code,
                "name": pack.name,
                "state": "starter" if pack.starter else "complete",
                "tokenizer": pack.tokenizer,
                "threshold": pack.threshold,
                "seeds": len(load_seeds(pack.seeds)),
                "mock": code in spoken(),
            }
        )
    if json:
        console.print_json({"languages": rows})
    else:
        console.show_languages(rows)
