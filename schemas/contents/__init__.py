"""What is read from the rows of a table: statistics, stored values and the types of values."""
