"""The experts of a memory: the bank that holds them, the layers they take part in, those that all facts share."""
