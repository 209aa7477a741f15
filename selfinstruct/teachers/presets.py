"""Presets of the OpenAI-compatible teacher: address, key variable, and what each server takes."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from selfinstruct.errors import SettingsError
from selfinstruct.extensions import Registry
from selfinstruct.teachers.extras import Effort


class TokenLimitField(StrEnum):
    """The name of the field that limits a chat reply's tokens."""

    MAX_COMPLETION_TOKENS = "max_completion_tokens"
    MAX_TOKENS = "max_tokens"


class Schema(StrEnum):
    """How a server is asked for JSON of a given shape."""

    JSON_SCHEMA = "json_schema"
    NONE = "none"


class Switches(BaseModel):
    """What a server accepts. Each can be set by hand.

    Attributes:
        token_limit_field: The name of the token limit in chat requests.
        json_schema: How structured output is asked for.
        stop: Whether stop sequences are accepted; some reasoning models refuse them.
        sampling: Whether temperature, top_p and penalties are accepted; some refuse them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token_limit_field: TokenLimitField = TokenLimitField.MAX_COMPLETION_TOKENS
    json_schema: Schema = Schema.JSON_SCHEMA
    stop: bool = True
    sampling: bool = True


class Preset(BaseModel):
    """One known kind of server.

    Attributes:
        name: What ``--teacher`` is called.
        base_url: The address, or None where every user has another.
        key_variable: The environment variable that holds the key.
        key_needed: Whether the server refuses calls without a key.
        switches: What the server accepts.
        hint: What to do when it cannot be reached.
        effort: How it is told how much to think.
        cache_keys: Whether it knows ``prompt_cache_key``.
        batch_share: What tokens cost by batch, as a share of their price; None where it is not
            documented for all models.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    base_url: str | None
    key_variable: str
    key_needed: bool
    switches: Switches
    hint: str
    effort: Effort = Effort.FIELD
    cache_keys: bool = False
    batch_share: float | None = None


_OLD_LIMIT = TokenLimitField.MAX_TOKENS

_NETWORK = "Check the network and any proxy."

_PRESETS: Registry[Preset] = Registry(
    "selfinstruct.teachers",
    Preset,
    (
        Preset(
            name="openai",
            base_url="https://api.openai.com/v1",
            key_variable="OPENAI_API_KEY",
            key_needed=True,
            switches=Switches(),
            hint=_NETWORK,
            cache_keys=True,
            batch_share=0.5,
        ),
        Preset(
            name="azure",
            base_url=None,
            key_variable="AZURE_OPENAI_API_KEY",
            key_needed=True,
            switches=Switches(),
            hint="The address is https://RESOURCE.openai.azure.com/openai/v1/.",
            cache_keys=True,
            batch_share=0.5,
        ),
        Preset(
            name="openrouter",
            base_url="https://openrouter.ai/api/v1",
            key_variable="OPENROUTER_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint=_NETWORK,
            effort=Effort.OBJECT,
        ),
        Preset(
            name="anthropic",
            base_url="https://api.anthropic.com/v1",
            key_variable="ANTHROPIC_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT, json_schema=Schema.NONE),
            hint=_NETWORK,
            effort=Effort.BUDGET,
        ),
        Preset(
            name="gemini",
            base_url="https://generativelanguage.googleapis.com/v1beta/openai",
            key_variable="GEMINI_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint=_NETWORK,
        ),
        Preset(
            name="mistral",
            base_url="https://api.mistral.ai/v1",
            key_variable="MISTRAL_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint=_NETWORK,
        ),
        Preset(
            name="deepseek",
            base_url="https://api.deepseek.com/v1",
            key_variable="DEEPSEEK_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT, json_schema=Schema.NONE),
            hint=_NETWORK,
            effort=Effort.SWITCH,
        ),
        Preset(
            name="groq",
            base_url="https://api.groq.com/openai/v1",
            key_variable="GROQ_API_KEY",
            key_needed=True,
            switches=Switches(),
            hint=_NETWORK,
        ),
        Preset(
            name="together",
            base_url="https://api.together.xyz/v1",
            key_variable="TOGETHER_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint=_NETWORK,
        ),
        Preset(
            name="fireworks",
            base_url="https://api.fireworks.ai/inference/v1",
            key_variable="FIREWORKS_API_KEY",
            key_needed=True,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint=_NETWORK,
        ),
        Preset(
            name="vllm",
            base_url="http://localhost:8000/v1",
            key_variable="VLLM_API_KEY",
            key_needed=False,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint="Start it with `vllm serve MODEL`, or name its address with --base-url.",
            effort=Effort.TEMPLATE,
        ),
        Preset(
            name="sglang",
            base_url="http://localhost:30000/v1",
            key_variable="SGLANG_API_KEY",
            key_needed=False,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint="Start it with `sglang serve --model-path MODEL`, or name another --base-url.",
            effort=Effort.TEMPLATE,
        ),
        Preset(
            name="ollama",
            base_url="http://localhost:11434/v1",
            key_variable="OLLAMA_API_KEY",
            key_needed=False,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint="Start it with `ollama serve`, or name its address with --base-url.",
        ),
        Preset(
            name="llamacpp",
            base_url="http://localhost:8080/v1",
            key_variable="LLAMACPP_API_KEY",
            key_needed=False,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint="Start it with `llama-server -m MODEL.gguf`, or name its address with --base-url.",
            effort=Effort.TEMPLATE,
        ),
        Preset(
            name="lmstudio",
            base_url="http://localhost:1234/v1",
            key_variable="LMSTUDIO_API_KEY",
            key_needed=False,
            switches=Switches(token_limit_field=_OLD_LIMIT),
            hint="Start its server with `lms server start`, or name its address with --base-url.",
        ),
    ),
)


def register_teacher(preset: Preset) -> None:
    """Make one more known under its name."""
    _PRESETS.add(preset)


def preset_names() -> list[str]:
    """What there is to choose from, the mock apart."""
    return _PRESETS.names()


def find_preset(name: str | None) -> Preset | None:
    """The preset called ``name``, or None."""
    return _PRESETS.get(name) if name and name != "mock" else None


def preset(name: str) -> Preset:
    """The preset called ``name``.

    Raises:
        SettingsError: There is none; the message lists those there are.
    """
    if (found := find_preset(name)) is None:
        names = ", ".join(["mock", *preset_names()])
        raise SettingsError(f"There is no teacher {name!r}: use one of {names}.")
    return found
