"""An open causal model that writes forms: what it reads, and the adapter that taught it."""
