"""The verbs as functions: what Python calls, and what the command line calls.

One file a verb, with the verb's name. They return frozen values (:mod:`selfinstruct.api.results`),
say what happens to an :class:`~selfinstruct.api.observer.Observer`, raise the errors of
:mod:`selfinstruct.errors`, and never print, ask, exit or read the environment. ``selfinstruct``
itself offers them under short names.
"""
