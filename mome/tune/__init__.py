"""From a database to a memory: plan what to memorise, tune, learn or forget one fact, and
evaluate.
"""
