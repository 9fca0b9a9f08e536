"""The command line; `main` registers the commands."""
