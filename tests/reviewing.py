"""What tests of reviews share: votes without a person, and the page's server in this process."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import contextmanager

import selfinstruct as si
from selfinstruct.api.review import asking
from selfinstruct.jsonl import dumps
from selfinstruct.reviewing.server import serve

SETTINGS = si.ReviewSettings


def task_file(path, tasks):
    """A data set of (instruction, input, output), with ids that name a model."""
    rows = [
        {"id": f"gpt-4-{number}", "instruction": ask, "input": given, "output": output}
        for number, (ask, given, output) in enumerate(tasks)
    ]
    path.write_text("".join(dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def plain_tasks(count, more=""):
    return [
        (f"Name the river number {n} on the list.", "", f"River {n}.{more}") for n in range(count)
    ]


def answer_all(source, answers, **given):
    """Answer everything in order: ``answers`` says for a card's place and a question what."""
    with asking(source, settings=SETTINGS(**given)) as asked:
        while (now := asked.session.now()).question is not None:
            value = answers(now.place, now.question.key)
            if value is None:
                asked.session.skip(now.turn)
            else:
                asked.session.vote(now.turn, value, "", 2.0)


def votes(folder, reviewer="ann"):
    text = (folder / f"{reviewer}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@contextlib.asynccontextmanager
async def served(source, troubles=None, **given):
    """The page of a review in this loop: its address, and what is asked."""
    with asking(source, settings=SETTINGS(**given)) as asked:
        ready = asyncio.get_running_loop().create_future()
        over = []

        @contextmanager
        def ending(end):
            over.append(end)
            yield

        told = [] if troubles is None else troubles
        running = asyncio.ensure_future(
            serve(
                asked.session,
                asked.pack,
                asked.reviewer,
                0,
                ready.set_result,
                told.append,
                ending,
            )
        )
        try:
            yield await ready, asked, running
        finally:
            over[0]()
            await running
