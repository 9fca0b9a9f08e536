"""Teach an open causal model to write forms: a low-rank adapter, trained on people's questions."""
