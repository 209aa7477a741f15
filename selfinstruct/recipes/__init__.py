"""Recipes: how prompts are made and replies are read. Each is pure but for what it asks."""

from __future__ import annotations
