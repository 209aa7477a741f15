"""Judging: what a model says about tasks by a rubric, and whether it can be believed.

All calls are independent, so the stored replies are the only state, and ``judgements.jsonl`` is
made anew of them at the end of each run.
"""
