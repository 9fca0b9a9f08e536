"""Read questions that are titles of reports, such as `Invoiced amount by plan in 2024`, beside the
model: a query is composed only if every word of the question has a part in it.
"""
