"""What runs tell whoever called them as a library: the logger ``selfinstruct``.

The command line says the same on stderr, so nothing is shown here unless somebody asks for it, as
with ``logging.basicConfig(level="INFO")``. INFO: a run begins and ends, and what is learned of a
teacher; WARNING: failed requests, late calls, files that were mended; DEBUG: each commit. Sentences
of errors are among them, which hold no secret, and quote no more than the beginning of a reply.
"""

from __future__ import annotations

import logging


class _OneLine(logging.Filter):
    """Shows control characters as escapes: servers and models write parts of what is told."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record's message one line; every record passes."""
        said = record.getMessage()
        record.msg = "".join(c if c.isprintable() else repr(c)[1:-1] for c in said)
        record.args = None
        return True


LOG = logging.getLogger("selfinstruct")
LOG.addHandler(logging.NullHandler())
LOG.addFilter(_OneLine())
