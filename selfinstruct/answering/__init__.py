"""Answering: what a model says to prompts, once or several times, and how each answer ended.

All calls are independent, so the stored replies are the only state, and ``answers.jsonl`` is made
anew of them at the end of each run.
"""
