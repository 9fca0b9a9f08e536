"""The bundled backbone: a small encoder-decoder that reads a question with a slice and writes SQL
with pointers into it.
"""
