"""Pretraining of the bundled backbone on questions that people wrote; `mome pretrain` calls it."""
