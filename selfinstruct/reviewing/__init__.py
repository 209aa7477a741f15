"""Reviewing: people answer the questions of a rubric, in a page of their own browser or elsewhere.

``votes`` is what they say and how it is kept, ``cards`` what is put to them (``blind`` decides
which side of a pair is which), ``session`` one person's way through the cards, ``choices`` the
answers and their keys. ``server`` and ``guard`` serve the page that ``view`` fills; ``sheet`` and
``label_studio`` are the same questions in files, whose ``entries`` come back. ``opinions`` says
which votes count, ``summary`` what they come to, ``agreement`` how far people and judges agree,
beside what was ``published``.
"""
