"""A form in plain words: what its columns are called, and a sentence that says what it asks for."""
