"""``validate``: look at each row and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.api.inputs import Named, names_of, texts_of
from selfinstruct.api.judged_problems import judged_problems
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result, hidden
from selfinstruct.counts import counted
from selfinstruct.errors import SelfInstructError, SettingsError
from selfinstruct.formats.checking import Checked, problems
from selfinstruct.formats.importing import meter_of
from selfinstruct.formats.row_checking import Problem


@dataclass(frozen=True, slots=True)
class CheckedPath(Result):
    """One of the things that were looked at.

    Attributes:
        path: What it was called.
        kind: What it is: a format, a pool, a language pack; "" where it holds nothing.
        rows: How many rows it holds.
        problems: How many problems there are.
        warnings: How many rows are well-formed and of no use.
        found: Both, in the order of the rows.
    """

    path: str
    kind: str
    rows: int
    problems: int
    warnings: int
    found: tuple[Problem, ...] = field(default=(), metadata=hidden())


@dataclass(frozen=True, slots=True)
class ValidateResult(Result):
    """What a validation found.

    Attributes:
        checked: What was looked at, in the order given.
    """

    checked: tuple[CheckedPath, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong."""
        return tuple(one for one in self._found() if not one.is_warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is well-formed and of no use."""
        return tuple(one for one in self._found() if one.is_warning)

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong; warnings are no problems."""
        return not self.problems

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return {
            **Result.row(self),
            "problems": [_row(one) for one in self.problems],
            "warnings": [_row(one) for one in self.warnings],
        }

    def _found(self) -> Iterator[Problem]:
        return (problem for one in self.checked for problem in one.found)


def validate(
    paths: Named | Sequence[Named],
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    judgements: str | Sequence[str] = (),
    where: str | Sequence[str] = (),
    observer: Observer = SILENT,
) -> ValidateResult:
    """Every problem of files, pools, exports and language packs, with file, line and rule.

    Args:
        paths: What is looked at, one or several; ``-`` is standard input.
        format: As for an import; None for guessed by the first row.
        judgements: Names of judgings, of pools: what is said of something that has changed since is
            a warning.
        where: Conditions on what they say, such as ``output=no``: what meets them all is a
            problem.
        observer: Who hears how far it is.

    Raises:
        UsageError: The only thing that was named cannot be read at all; among several, that is a
            problem.
    """
    names = names_of(paths)
    judged = _Judged(texts_of(judgements), texts_of(where))
    if judged.where and not judged.names:
        raise SettingsError("--where asks what judgings say: name them with --judgements.")
    return ValidateResult(
        tuple(_checked(name, format, judged, observer, alone=len(names) == 1) for name in names)
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """The judgings that are looked at, and the conditions on what they say."""

    names: Sequence[str] = ()
    where: Sequence[str] = ()


def _checked(
    path: str, name: str | None, judged: _Judged, observer: Observer, *, alone: bool
) -> CheckedPath:
    """The problems of ``path``; one that cannot be read at all does not hide those of others."""
    found: list[Problem] = []
    looked = Checked()
    looked.meter = meter_of([path])
    try:
        with observer.counting() as show:
            looked.step = lambda: show(
                lambda: f"{counted(looked.rows, 'row')}{looked.meter.said()}"
            )
            found.extend(problems(path, name, looked))
            if judged.names:
                found.extend(judged_problems(Path(path), judged.names, judged.where))
    except SelfInstructError as error:
        if alone and not found:
            raise
        found.append(Problem(path, "unreadable", str(error).removeprefix(f"{path}: ").rstrip(".")))
    warnings = sum(one.is_warning for one in found)
    return CheckedPath(
        path, looked.kind, looked.rows, len(found) - warnings, warnings, tuple(found)
    )


def _row(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "rule": problem.rule, "text": problem.text}
