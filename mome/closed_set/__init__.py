"""Shared by memories whose answers are a closed set: `mome.classify` and `mome.recommend`."""
