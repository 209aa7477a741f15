"""Batches: replies that are bought together, later and cheaper. Another way to fill the store.

A job asks as ever; what the store does not have is noted at a `desk`. When nothing can go on, what
was noted is a wave: it is cut into batches, each planned and synced before it is sent, and written
down in a `journal` step by step, so that none is bought twice whatever ends the process. Their
replies are collected into the store, and the job goes on.
"""
