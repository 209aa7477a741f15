"""Classification tasks: how many, and whether their labels are balanced."""

from __future__ import annotations

from collections import Counter
from typing import Any

from selfinstruct.report.figures import counted, mean, share
from selfinstruct.report.items import Item, Source, cut

_SHOWN = 12
_LONG = 80
_MOST_LABELS = 6  # a bar each; the last holds more


def classification(source: Source) -> dict[str, Any]:
    """Share, labels of a task, commonest labels, and the share of a task's commonest one.

    Asking for inputs first brings one label again and again (Self-Instruct, section 2.2), which
    the last figure shows; it is taken over tasks of two instances or more.
    """
    tasks = [item for item in source.items if item.is_classification]
    found = [_labels(item) for item in tasks]
    everywhere = Counter(label for labels in found for label in labels.elements())
    several = [labels for labels in found if labels.total() > 1]
    bars = [0] * _MOST_LABELS
    for labels in found:
        if labels:
            bars[min(len(labels), _MOST_LABELS) - 1] += 1
    return {
        "tasks": len(tasks),
        "of": len(source.items),
        "share": share(len(tasks), len(source.items)),
        "labels_of_a_task": {"mean": mean([len(labels) for labels in found]), "bars": bars},
        "distinct_labels": len(everywhere),
        "commonest": counted("label", everywhere, _SHOWN),
        "balance": {
            "n": len(several),
            "one_label_only": sum(len(labels) == 1 for labels in several),
            "mean_share_of_commonest": mean(
                [max(labels.values()) / labels.total() for labels in several]
            ),
        },
    }


def _labels(item: Item) -> Counter[str]:
    return Counter(cut(" ".join(case.output.split()).casefold(), _LONG) for case in item.cases)
