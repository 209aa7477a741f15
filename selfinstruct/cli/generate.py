"""``selfinstruct generate``: grow a pool to a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import options as o


def generate(
    context: typer.Context,
    target: Annotated[
        int, o.option("--target", "What is made", "Finished tasks the pool shall hold.")
    ],
    pool: o.PoolArgument = Path("pool"),
    config: o.Config = None,
    teacher: o.Teacher = None,
    model: o.Model = None,
    base_url: o.BaseUrl = None,
    api: o.ApiOption = None,
    concurrency: o.Concurrency = 16,
    token_limit_field: o.TokenLimitField = None,
    stop: o.SendStop = None,
    sampling: o.SendSampling = None,
    timeout: o.Timeout = 180.0,
    recipe: o.RecipeName = None,
    language: o.Language = None,
    seeds: o.Seeds = None,
    seed: o.Seed = None,
    human: o.Human = None,
    machine: o.Machine = None,
    per_request: o.PerRequest = None,
    classification_only: o.ClassificationOnly = None,
    threshold: o.Threshold = None,
    tokenizer: o.TokenizerName = None,
    similar: o.SimilarCount = None,
    prompts: o.PromptsFolder = None,
    temperature: o.Temperature = None,
    top_p: o.TopP = None,
    presence_penalty: o.PresencePenalty = None,
    max_tokens: o.MaxTokens = None,
    accept_change: o.AcceptChange = False,
    price: o.PriceOption = None,
    budget: o.Budget = None,
    max_calls: o.MaxCalls = None,
    max_tokens_total: o.MaxTokensTotal = None,
    min_yield: o.MinYield = 0.01,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Grow a pool until it holds TARGET finished tasks.

    The pool is made when it is not there. A second call with the same target does nothing, so a
    cron job is one line. Whatever stops a run, the same command goes on where it was.

    Examples:
    selfinstruct generate demo --teacher mock --target 100

    selfinstruct generate mypool --teacher openai --model NAME --target 1000 --budget 5 --price 1/4

    selfinstruct generate mypool --teacher vllm --model my-base-model --api completions --target 500
    """
    from selfinstruct.bootstrap import Limits
    from selfinstruct.cli import files, running, wiring

    del config  # read before, by its callback
    where, tables = files.tables(context)
    decoding = dict(tables["decoding"])
    flags = {
        "temperature": temperature,
        "top_p": top_p,
        "presence_penalty": presence_penalty,
        "max_tokens": max_tokens,
    }
    given = {name: value for name, value in flags.items() if value is not None}
    if given:
        in_file = decoding.get("instructions")
        decoding["instructions"] = (in_file if isinstance(in_file, dict) else {}) | given
    switches = {
        "token_limit_field": token_limit_field,
        "stop": stop,
        "sampling": sampling,
    }
    running.grow(
        pool,
        target,
        data=wiring.Data(
            recipe=recipe,
            language=language,
            seeds=seeds,
            seed=seed,
            human=human,
            machine=machine,
            per_request=per_request,
            classification_only=classification_only,
            threshold=threshold,
            tokenizer=tokenizer,
            similar=similar,
            api=api,
            prompts=prompts,
        ),
        decoding=decoding,
        teacher_options=wiring.TeacherOptions(
            teacher=teacher,
            model=model,
            base_url=base_url,
            timeout=timeout,
            switches=tables["switches"]
            | {name: value for name, value in switches.items() if value is not None},
            retry=tables["retry"],
            where=where,
        ),
        limits=Limits(concurrency=concurrency, min_yield=min_yield),
        caps=wiring.make_caps(budget, max_calls, max_tokens_total),
        price=wiring.parse_price(price),
        accept_change=accept_change,
        as_json=json,
        quiet=quiet,
    )
