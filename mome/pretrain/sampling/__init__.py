"""Sampled training questions: forms over one database, with the words that a person would ask in.

`sample` draws them by the families of `FAMILIES`; `mome.pretrain` trains the reader on them.
"""
