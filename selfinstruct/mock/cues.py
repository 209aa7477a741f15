"""How the mock recognises what a prompt asks for, and the fixed texts that it answers with."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Cues(BaseModel):
    """How the mock recognises what a prompt of this language asks for.

    Attributes:
        wanted: A pattern with two groups: the first and the last number of the tasks asked for.
            Or several of two groups each; a first group named ``count`` is how many are wanted.
        only_classification: What a prompt says that asks for classification tasks only.
        task: The marker before a task.
        classify: How a prompt ends that asks for yes or no; or how several do.
        label: The marker before a label.
        input: The marker before an input.
        output: The marker before an output.
        example: The marker before an example.
        no_input: What stands for "no input".
        yes: The answer yes.
        no: The answer no.
        refusal: A reply that declines.
        chatter: A reply that holds no list.
        unclear: A reply that is neither yes nor no.
        preamble: What some chat replies begin with; ``{count}`` is the number of tasks.
        closing: What some chat replies end with.
        keyword: A word that the filters refuse.
        short: Instructions that are too short.
        program: What the "write a program" rule refuses, with slots.
        foreign: An instruction in another script.
        joint: What stands between words and between sentences.
        stop: The full stop.
        long: How many sentences make an instruction too long; None for all, three times over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wanted: str
    only_classification: str
    task: str
    classify: str | tuple[str, ...]
    label: str
    input: str
    output: str
    example: str
    no_input: str
    yes: str
    no: str
    refusal: str
    chatter: str
    unclear: str
    preamble: str
    closing: str
    keyword: tuple[str, ...]
    short: tuple[str, ...]
    program: str
    foreign: tuple[str, ...]
    joint: str = " "
    stop: str = "."
    long: int | None = None


class WholeCues(BaseModel):
    """How the mock recognises prompts for whole tasks, rewrites, judgements and answers.

    Attributes:
        instruction: The marker before an instruction.
        tasks_wanted: A pattern with two groups: the first and the last number of whole tasks.
        examples_wanted: A pattern with one group: how many more examples are wanted.
        json_wanted: What a prompt says that asks for JSON.
        given: The line before an instruction that is to be rewritten.
        given_ends: What may follow it, besides the end.
        rewrite: How a prompt ends that asks for a harder instruction.
        with_data: What such a prompt says when data are to be added.
        breadth: How a prompt ends that asks for a new instruction.
        equal: How a prompt ends that asks whether two instructions are equal.
        first: The marker before the first of them.
        second: The marker before the second.
        please: What makes an instruction no different; ``{text}`` is the instruction.
        leak: What some rewrites say of themselves.
        clauses: What makes an instruction harder, with slots.
        clause: How one is added to an instruction without its full stop.
        data: Data that make it harder, with slots; braces of their own are doubled brackets.
        difficulty: How a prompt ends that asks for a grade.
        grades: Forms of the grade ``{n}``.
        grade_every: How many tokens (of the tokenizer ``unicode``) make a grade more; None where
            fourteen words do.
        skill: How a prompt ends that asks for a skill.
        skills: Names of skills.
        nothing: An answer of stop words only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: str
    tasks_wanted: str
    examples_wanted: str
    json_wanted: str
    given: str
    given_ends: tuple[str, ...]
    rewrite: str
    with_data: str
    breadth: str
    equal: str
    first: str
    second: str
    please: str
    leak: str
    clauses: tuple[str, ...]
    clause: str = "{text}, {clause}."
    data: tuple[str, ...]
    difficulty: str
    grades: tuple[str, ...]
    grade_every: int | None = None
    skill: str
    skills: tuple[str, ...]
    nothing: str
