"""Names of what there is to choose from, without loading it: a shell completes while one types.

The recipes and formats take half a second to import, so their names stand here once more; a test
holds them equal to those. What other packages add is read from their entry points, unloaded.
"""

from __future__ import annotations

from pathlib import Path

RECIPES = ("self-instruct", "alpaca", "targeted", "evolve")
TEACHERS = (
    *("mock", "openai", "azure", "openrouter", "anthropic", "gemini", "mistral", "deepseek"),
    *("groq", "together", "fireworks", "vllm", "sglang", "ollama", "llamacpp", "lmstudio"),
)
WRITTEN = ("alpaca", "chat", "sharegpt", "completion", "flan", "parquet", "hf", "superni")
PREFERENCES = ("dpo", "reward", "kto", "openai-dpo", "ranking")
READ = (
    *("tasks", "superni", "chat", "sharegpt", "turns", "wizardlm", "dolly", "table", "alpaca"),
    *("completion", "flan", "questions", "columns", "batch"),
)
TRAINERS = ("llama-factory", "axolotl", "trl")

_PACKS = Path(__file__).parents[1] / "languages" / "packs"


def recipes() -> list[str]:
    """The recipes."""
    return [*RECIPES, *_added("recipes")]


def teachers() -> list[str]:
    """The mock teacher and the presets."""
    return [*TEACHERS, *_added("teachers")]


def written() -> list[str]:
    """The formats that export writes: of pools, then of comparisons."""
    return [*WRITTEN, *_added("formats"), *PREFERENCES]


def read() -> list[str]:
    """The formats that import reads."""
    return [*READ, *_added("formats")]


def languages() -> list[str]:
    """The language packs that are shipped."""
    return sorted(path.parent.name for path in _PACKS.glob("*/pack.toml"))


def rubrics() -> list[str]:
    """The rubrics that a language pack has; all packs have the same."""
    return sorted({path.stem for path in _PACKS.glob("*/rubrics/*.toml")})


def all_names() -> dict[str, list[str]]:
    """All of them, by what they are names of."""
    return {
        "recipes": recipes(),
        "teachers": teachers(),
        "languages": languages(),
        "rubrics": rubrics(),
        "formats_written": written(),
        "formats_read": read(),
        "trainers": list(TRAINERS),
    }


def _added(group: str) -> list[str]:
    from importlib.metadata import entry_points

    return sorted({point.name for point in entry_points(group=f"selfinstruct.{group}")})
