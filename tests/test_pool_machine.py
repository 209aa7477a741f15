"""The store and the pool against a model, in any order of events, crashes included."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from selfinstruct.pool import After, Manifest, Pool, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.tasks import Instance, Provenance, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage

MANIFEST = Manifest(
    recipe="self-instruct",
    fingerprint="f",
    api="chat",
    seeds="s",
    language="en",
    tokenizer="rouge",
    threshold=0.7,
    seed=0,
)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


class PoolMachine(RuleBasedStateMachine):
    """Replies come, requests are committed, processes die; the pool must remember just that."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.folder = self.root / "p"
        self.tasks, self.rejects, self.calls = [], [], 0
        self.stored = {}  # by key, the text of replies that may still be needed
        self.request = 0
        self.open()

    def open(self):
        self.pool = Pool(
            self.folder, MANIFEST, read_manifest(self.folder), "{}\n", lambda: "2000-01-01T00:00:00"
        )

    def teardown(self):
        self.pool.close()
        shutil.rmtree(self.root)

    @rule(ahead=st.integers(0, 5), text=TEXTS, repeat=st.integers(0, 3))
    def a_reply_comes(self, ahead, text, repeat):
        number = self.request + ahead
        prompt = Prompt(
            f"prompt {number}",
            Decoding(temperature=0, top_p=0, max_tokens=9),
            "classify",
            number,
            repeat,
        )
        key = prompt.key("m", Api.CHAT)
        if key in self.stored:
            return
        self.pool.replies.keep(
            key, prompt, Reply(text, "stop", Usage(3, 4)), None, teacher="t", model="m"
        )
        self.stored[key] = (number, text)
        self.calls += 1

    @rule(ahead=st.integers(0, 5), final=st.booleans())
    def a_request_fails(self, ahead, final):
        prompt = Prompt(
            "never",
            Decoding(temperature=0, top_p=0, max_tokens=9),
            "classify",
            self.request + ahead,
        )
        self.pool.replies.keep_failure("0" * 32, prompt, "no", 2, final=final)
        self.calls += 2

    @rule(texts=st.lists(TEXTS, max_size=3), refused=st.lists(TEXTS, max_size=3))
    def a_request_is_committed(self, texts, refused):
        number = self.request
        came = {"recipe": "r", "teacher": "t", "model": "m", "demonstrations": ()}
        made = [
            Task(
                id=f"t{number}-{place}",
                instruction=text,
                is_classification=False,
                instances=(Instance(input="", output=text),),
                provenance=Provenance(request=number, candidate=place, **came),
            )
            for place, text in enumerate(texts)
        ]
        kept_out = [
            (number, len(texts) + place, Reject(text, Reason.TOO_SIMILAR))
            for place, text in enumerate(refused)
        ]
        self.pool.commit(made, kept_out, After(number + 1), teacher="t", model="m")
        self.tasks += texts
        self.rejects += refused
        self.request += 1
        self.stored = {key: kept for key, kept in self.stored.items() if kept[0] > number}

    @rule()
    def it_is_synced(self):
        self.pool.sync()

    @rule(
        name=st.sampled_from(["tasks.jsonl", "rejects.jsonl", "ledger.jsonl", "replies.jsonl"]),
        junk=st.binary(max_size=20).map(lambda data: data.replace(b"\n", b" ")),
    )
    def the_process_dies_in_the_middle_of_a_write(self, name, junk):
        self.pool.close()
        with (self.folder / name).open("ab") as file:
            file.write(junk)
        self.open()

    @rule()
    def the_pool_is_copied_while_it_is_written(self):
        copy = self.root / "copy"
        shutil.copytree(self.folder, copy)
        with Pool(copy, MANIFEST, MANIFEST, "{}\n", lambda: "2000-01-01T00:00:00") as pool:
            assert pool.position.tasks == len(self.tasks)
        shutil.rmtree(copy)

    @precondition(lambda self: self.tasks)
    @rule()
    def a_task_is_read_back(self):
        last = len(self.tasks) - 1
        assert self.pool.task(last).instruction == self.tasks[last]

    @invariant()
    def everything_is_remembered(self):
        assert [one.instruction for one in self.pool.accepted()][: len(self.tasks)] is not None
        position = self.pool.position
        assert (position.request, position.tasks) == (self.request, len(self.tasks))
        assert position.rejects == len(self.rejects)
        for key, (_, text) in self.stored.items():
            found = self.pool.replies.find(key)
            assert found is not None
            assert found.text == text

    @invariant()
    def the_ledger_and_what_is_not_in_it_yet_sum_up(self):
        counted = sum(step.calls for step in look(self.folder).steps.values())
        waiting = sum(step.calls for step in self.pool.replies.uncounted.values())
        assert counted + waiting == self.calls


PoolMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestPool = PoolMachine.TestCase
