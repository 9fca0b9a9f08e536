"""Repairs of a model's queries where the question leaves no doubt of what is meant, one construct a
file; `composed` lists them in their order.
"""
