"""Answers to the same prompts, judged side by side."""
