"""The frozen router: how it is fitted, and how a question is sent to experts."""
