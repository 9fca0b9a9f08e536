"""A memory's folder, without torch: its location, its database, its facts, checksums, lock and
people's feedback.
"""
