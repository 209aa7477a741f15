"""Files of a pack that are TOML of one shape."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from selfinstruct.errors import PromptError, first_flaw

Content = TypeVar("Content", bound=BaseModel)


def read_toml(path: Path, shape: type[Content]) -> Content:
    """The content of ``path``.

    Raises:
        PromptError: The file is missing or not valid; the key is named.
    """
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise PromptError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PromptError(f"{path}: not valid TOML: {error}.") from error
    except ValidationError as error:
        raise PromptError(f"{path}: {first_flaw(error)}.") from error
