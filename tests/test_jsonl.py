"""JSON Lines in and out: what is a line, what is said of one that is none, who may read a file."""

from __future__ import annotations

import io
import os
import stat

import pytest

from selfinstruct import jsonl
from selfinstruct.errors import UsageError


def test_a_line_may_begin_with_a_mark_and_blank_ones_are_passed_over():
    text = '\ufeff{"a": 1}\r\n\n \t\n\x1e{"b": "가"}\n{"c": NaN}'
    found = list(jsonl.entries(io.BytesIO(text.encode()), "f"))
    assert [number for number, _ in found] == [1, 4, 5]
    assert [list(row) for _, row in found] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1]", "f:2: not a JSON object (another kind of value)."),
        (b"null", "f:2: not a JSON object (another kind of value)."),
        (b'{"a": \xff}', "f:2: not a JSON object ('utf-8' codec"),
        (b'{"a": ', "f:2: not a JSON object (Expecting value"),
        (b"[" * 200_000, "f:2: JSON nested too deeply."),
        (b'{"a": ' + b"1" * 5000 + b"}", "f:2: not a JSON object (Exceeds the limit"),
    ],
)
def test_a_bad_line_is_a_value_with_its_number_and_the_next_is_read(line, said):
    found = list(jsonl.entries(io.BytesIO(b'{"a": 1}\n' + line + b'\n{"b": 2}\n'), "f"))
    assert [number for number, _ in found] == [1, 2, 3]
    assert isinstance(found[1][1], UsageError)
    assert str(found[1][1]).startswith(said)
    assert found[2][1] == {"b": 2}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o007])
def test_a_whole_file_has_the_rights_of_any_new_file(tmp_path, mask):
    before = os.umask(mask)
    try:
        jsonl.write_whole(tmp_path / "x", "text")
        assert os.umask(mask) == mask  # it was not changed
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o666 & ~mask
