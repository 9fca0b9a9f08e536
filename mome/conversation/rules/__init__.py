"""The edits that follow-ups ask for, one function a rule; `mome.conversation.edits` lists them."""
