"""The command line: `mome tune`, `ask` and the others; `main` lists them."""
