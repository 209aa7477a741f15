"""Rows of kinds that are known and are no tasks: preferences, trees of messages."""

from __future__ import annotations

from selfinstruct.formats.base import Row


def refused(row: Row) -> str:
    """Why ``row`` is none of which a task can be made, with what to do; "" where it may be."""
    if {"chosen", "rejected"} <= row.keys():
        return (
            "is a row of preferences (chosen, rejected), and a task has one answer. Where the "
            "chosen one is a text, name it: --map instruction=prompt,output=chosen"
        )
    if isinstance(row.get("label"), bool) and {"prompt", "completion"} <= row.keys():
        return (
            "is a row of preferences (completion and label, for KTO), and not each of its answers "
            "is a good one. Keep those labelled true, without the label"
        )
    if isinstance(row.get("prompt"), dict) and "replies" in row["prompt"]:
        return (
            "is a tree of messages (OpenAssistant). Write the way that you want through each tree "
            "as a dialogue: messages of role and content"
        )
    if {"message_id", "parent_id", "text", "role"} <= row.keys():
        return (
            "is one message of a tree (OpenAssistant). Write the way that you want through each "
            "tree as a dialogue: messages of role and content"
        )
    return ""
