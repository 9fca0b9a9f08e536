"""Conversations: follow-up questions, resolved with the turns before them."""
