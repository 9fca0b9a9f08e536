"""The form: one small language for what people ask, which compiles to SQL of four engines.

`forms.Forms` is the way in, both ways; docs/forms.md describes the language. The explanation of an
answer is made of it.
"""
