"""Pretraining of the bundled backbone from people's questions; only `mome pretrain` calls it."""
