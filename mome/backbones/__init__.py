"""The frozen base models that a memory sits on, behind one interface."""
