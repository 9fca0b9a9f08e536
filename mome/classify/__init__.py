"""Label texts with a closed set of labels on a memory: each example (text -> label) is a fact.

`Classifier` labels, `tuning` makes memories, and `changes` changes them. Bank, router, tuner and
store are those of `mome.memory`.
"""
