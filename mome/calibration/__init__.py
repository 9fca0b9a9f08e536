"""From what is known of an answer to the probability that its rows are right."""
