"""Recommend items of a closed catalogue on a memory: each remembered context (some items of a
basket -> the item that completed it) is a fact.

`Recommender` recommends, `tuning` makes memories, and `changes` changes them. Bank, router, tuner
and store are those of `mome.memory`.
"""
