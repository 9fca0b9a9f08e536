"""From a database to a memory: plan what to memorise, tune, learn one fact, evaluate."""
