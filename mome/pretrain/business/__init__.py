"""Made-up business databases, drawn from templates, about which training questions are sampled.

Spider's schemas are small and tidy; those of firms have states, flags, days that are due and codes.
"""
