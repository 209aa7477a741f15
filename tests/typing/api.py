"""What a caller's type checker makes of the functions; mypy reads it, nobody runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, assert_type

import selfinstruct as si
from selfinstruct.formats.checking import Problem


class Mine:
    """A teacher of one's own, that answers with texts."""

    def complete(self, prompt: si.Prompt) -> str:
        return prompt.text


class Late:
    """The same, as a coroutine."""

    async def complete(self, prompt: si.Prompt) -> si.Reply:
        return si.Reply(prompt.text, "stop", None)


def teachers_and_runs(folder: Path, stop: si.Stop) -> None:
    settings = si.PoolSettings(seed=1, options={"human": 4})
    limits = si.Limits(max_calls=10)
    for teacher in (si.Teacher("mock"), Mine(), Late()):
        done = si.generate(
            folder, target=1, teacher=teacher, settings=settings, limits=limits, stop=stop
        )
        assert_type(done, si.RunResult)
    assert_type(done.stopped, si.Stopped)
    assert_type(done.usage.cost_usd, float | None)
    assert_type(done.error, si.SelfInstructError | None)
    assert_type(done.row(), dict[str, Any])
    assert_type(si.replay("a", "b"), si.ReplayResult)
    assert_type(si.status("a"), si.StatusResult)
    page = si.report("a", "a.html", against=Path("b"), columns={"instruction": "Q"}, stop=stop)
    assert_type(page, si.ReportResult)
    assert_type(page.facts, Mapping[str, Any])


async def in_a_loop() -> None:
    assert_type(await si.generate_async("p", target=1, teacher=si.Teacher("mock")), si.RunResult)


def files() -> None:
    measured = si.evaluate(["a", Path("b")], "refs", by="task", comparisons=["c"], reviews="v")
    assert_type(measured, si.EvaluateResult)
    assert_type(measured.facts, Mapping[str, Any])
    best = si.select("p", "best.jsonl", by="deita", size=3, at_least=["quality=4"])
    assert_type(best, si.SelectResult)
    assert_type(best.passed_over, Mapping[str, int])
    written = si.export("p", "x.jsonl", format="chat", where=["language=ko"], split="a=0.9,b=0.1")
    assert_type(written, si.ExportResult)
    assert_type(written.files, tuple[Path, ...])
    assert_type(written.card, Path | None)
    taken = si.import_([Path("x.csv"), "y"], into="p", columns={"instruction": "Question"})
    assert_type(taken, si.ImportResult)
    assert_type(taken.rejected, Mapping[str, int])
    assert_type(si.filter("x.jsonl", "y.jsonl", against=["z.jsonl"]), si.FilterResult)
    found = si.decontaminate("p", against="bench.jsonl", remove=True)
    assert_type(found, si.DecontaminateResult)
    assert_type(found.found, tuple[si.FoundItem, ...])
    checked = si.validate("p")
    assert_type(checked.problems, tuple[Problem, ...])
    assert_type(checked.is_valid, bool)
    assert_type(si.calibrate(language="ko").threshold, float | None)
    for one in si.languages():
        assert_type(one, si.Language)
    assert_type(si.copy_language("ko", "mine"), Path)


def judging() -> None:
    found = si.judge("p", "validity", settings=si.JudgeSettings(sample=5))
    assert_type(found, si.JudgeResult)
    assert_type(found.judged, int)
    assert_type(found.folder, Path)
    assert_type(found.summary.line(), str)


def reviews(stop: si.Stop) -> None:
    settings = si.ReviewSettings(rubric="rating", pairs=("a.jsonl", "b.jsonl"), into=Path("v"))
    asked = si.review("p", settings=settings, port=8000, ready=print, stop=stop)
    assert_type(asked, si.ReviewResult)
    assert_type(asked.left, int | None)
    for one in si.review_summary(settings=settings).reviews:
        assert_type(one.summary.line(), str)
    agreed = si.review_agreement("p")
    assert_type(agreed, si.AgreementResult)
    assert_type(agreed.questions[0].two[0].kappa.value, float | None)
    assert_type(si.write_review("p", "x.json", form="label-studio"), si.WrittenReview)
    assert_type(si.read_review("p", "x.csv").votes, int)


def comparing() -> None:
    versus = si.compare(["a.jsonl", "b.jsonl"], "into", settings=si.CompareSettings(sample=5))
    assert_type(versus, si.CompareResult)
    assert_type(versus.alone, Mapping[str, int])


def answering() -> None:
    found = si.answer("p", "a", settings=si.AnswerSettings(samples=2, sample=None))
    assert_type(found, si.AnswerResult)
    assert_type(found.finishes, Mapping[str, int])
    assert_type(found.folder, Path)
    assert_type(si.PoolSettings(samples=2, keep="all").keep, str | None)
    si.export("p", "x.jsonl", format="chat", answers="all")


async def answering_in_a_loop(confirm: Callable[[si.AnswerEstimate], bool]) -> None:
    assert_type(await si.answer_async("p", "a", confirm=confirm), si.AnswerResult)


def pools() -> None:
    pool = si.open_pool("p")
    assert_type(pool, si.PoolView)
    assert_type(len(pool), int)
    assert_type(pool.tasks(where="language=ko"), Iterator[si.Task])
    assert_type(pool.rejects(), Iterator[si.Refused])
    assert_type(pool.seeds(), list[si.Task])
    for task in pool.tasks():
        assert_type(task.instances, tuple[si.Instance, ...])
