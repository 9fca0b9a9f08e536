"""Memory tuning: train the experts of facts until each is recalled exactly."""
