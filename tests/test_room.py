"""What whole items are asked for with: a schema that holds their number, and room that fits it."""

from __future__ import annotations

import json

import pytest
from conftest import EXAMPLES, JitteryMock, made_with


class Listening(JitteryMock):
    """The mock, which keeps the prompts it is given."""

    def __init__(self):
        super().__init__()
        self.prompts = []

    async def complete(self, prompt):
        self.prompts.append(prompt)
        return await super().complete(prompt)


def asked(grow, **data):
    """The first prompt of a run with these settings."""
    teacher = Listening()
    if data["recipe"] == "targeted":
        data["seeds"] = EXAMPLES
    grow("p", 1, data=made_with(seed=1, **data), teacher=teacher, concurrency=1)
    return teacher.prompts[0]


@pytest.mark.parametrize(("recipe", "count"), [("alpaca", 17), ("alpaca", 7), ("targeted", 3)])
def test_a_schema_holds_the_number_of_items_that_is_asked_for(grow, recipe, count):
    prompt = asked(grow, recipe=recipe, per_request=count, structured=True)
    items = json.loads(prompt.schema.text)["properties"]["items"]
    assert items["minItems"] == items["maxItems"] == count


@pytest.mark.parametrize("recipe", ["alpaca", "targeted"])
def test_the_first_edition_held_no_number_and_gave_all_the_room_there_is(grow, recipe):
    prompt = asked(grow, recipe=recipe, per_request=3, structured=True, rules=1)
    assert "Items" not in prompt.schema.text
    assert prompt.decoding.max_tokens == {"alpaca": 3072, "targeted": 2048}[recipe]


@pytest.mark.parametrize(
    ("recipe", "count", "given", "limit"),
    [
        ("alpaca", 17, {}, 3072),  # as published
        ("alpaca", 7, {}, 1560),
        ("alpaca", 1, {}, 480),
        ("alpaca", 50, {}, 3072),
        ("targeted", 10, {}, 2048),
        ("targeted", 4, {}, 1020),
        ("alpaca", 7, {"max_tokens": 900}, 900),  # by hand is by hand
        ("alpaca", 2, {"max_tokens": 4000}, 4000),
    ],
)
def test_the_token_limit_fits_what_is_asked_for(grow, recipe, count, given, limit):
    prompt = asked(grow, recipe=recipe, per_request=count, leading=given)
    assert prompt.decoding.max_tokens == limit
