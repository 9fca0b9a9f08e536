"""What the guard assumes of data that it cannot see, and the most that a query may make of it.

`sizes.py` bounds the length of every expression with these numbers, `rowcount.py` the rows.
A size counts characters; the size of a list or of JSON is that of its elements together.
"""

from __future__ import annotations

MAX_VALUE = 2**20
"""Longest value that a call or an operator may make."""
MAX_DUCKDB_VALUE = 2**18
"""The same in DuckDB. It makes 2,048 values at a time in each of four threads, which is 2 GB."""
MAX_AGGREGATE = 10**8
"""Longest value that an aggregate may make, with what it assumes of a group's rows. Lists of
objects in lists of objects stay below it; a text of all pairs of two tables does not."""
MAX_WORK = 10**9
"""Most steps of one call that an engine may not interrupt. A billion steps took at most 2.5 s in
every function of `growth.WORK`; nested calls without this bound ran for minutes."""

TEXT_SIZE = 1_000
"""Assumed length of a column of text, JSON or lists: longer ones are rare, and their length is
the data's and not the query's choice."""
NUMBER_SIZE = 40
"""Length of a number, a date, a time or a boolean as text."""
ELEMENT_SIZE = 20
"""Length of an element of a series as text."""
CALL_SIZE = 128
"""Least length that counts for the result of a call: a SHA-512 digest has 128 characters."""
POWER_SIZE = 150_000
"""Most digits of a number of PostgreSQL: 131,072 before the point and 16,383 behind it."""

TABLE_ROWS = 100_000
"""Assumed number of rows of a table."""
GROUP_ROWS = 100
"""Assumed number of rows that an aggregate combines into one value."""
RECURSION_ROUNDS = 100
"""Assumed depth of a hierarchy that a recursion walks without a counter."""
MAX_ROUNDS = 10_000
"""Most rounds of a recursion with a counter, and most steps of a series: 27 years of days."""
MAX_REPEATS = 10_000
"""Largest count of repeat and space, and longest result of lpad and rpad, in characters."""
MAX_LAMBDAS = 3
"""Most lambdas inside of each other."""
MAX_GROUPINGS = 64
"""Most grouping sets of one query: a CUBE of six columns. Each one groups all rows again, and
PostgreSQL checked its timeout late in a CUBE of many columns."""
