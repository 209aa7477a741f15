"""Comparing: which of several answers to one prompt is better, asked in both orders.

All calls are independent, so the stored replies are the only state, as in judging.
"""
