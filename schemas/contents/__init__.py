"""What the rows of a table say: statistics, stored values, types of what is stored."""
