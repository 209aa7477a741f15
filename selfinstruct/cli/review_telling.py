"""``review`` that asks nobody: what people said, and their questions and answers in files."""

from __future__ import annotations

from typing import cast

from selfinstruct import console
from selfinstruct.api.review import ReviewResult, review_agreement, review_summary
from selfinstruct.api.review_files import For, read_review, write_review
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.cli.review_flags import ToldFlags
from selfinstruct.cli.streams import refuse_json
from selfinstruct.counts import counted


def show_summary(source: str, given: ReviewSettings, output: OutputFlags) -> None:
    """Show what people said."""
    show(review_summary(source, settings=given), output)


def show_agreement(source: str, given: ReviewSettings, output: OutputFlags) -> None:
    """Show how far people agree."""
    found = review_agreement(source, settings=given)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        console.show_agreement(found)


def write(source: str, given: ReviewSettings, told: ToldFlags, output: OutputFlags) -> None:
    """Write the questions to a file."""
    if output.json:
        refuse_json(told.out, "--out - and --json both want standard output.")
    form = cast("For", told.for_ or "sheet")
    found = write_review(source, told.out or "", settings=given, form=form, force=told.force)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        files = " and ".join(map(str, found.files))
        sees = "sees it, is" if found.items == 1 else "sees them, are"
        console.say(f"{counted(found.items, 'item')}, as {found.reviewer} {sees} in {files}")


def take(source: str, given: ReviewSettings, told: ToldFlags, output: OutputFlags) -> None:
    """Take the answers of a file."""
    form = cast("For", told.for_ or "sheet")
    found = read_review(source, told.in_ or "", settings=given, form=form)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        console.say(f"{counted(found.votes, 'new answer')} by {found.reviewer} in {found.file}")


def show(result: ReviewResult, output: OutputFlags) -> None:
    """Show what one person or all said."""
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_reviews(result)
