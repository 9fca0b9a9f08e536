"""What a text model may write for one slice: a grammar for llguidance."""
