"""A memory on disk: its versions and the deltas between them."""
