"""The experts of a memory: the bank that stores them, the layers that apply them, and the shared
experts.
"""
