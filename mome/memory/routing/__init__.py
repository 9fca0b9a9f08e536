"""The frozen router: how it is fitted and how a question reaches its experts."""
