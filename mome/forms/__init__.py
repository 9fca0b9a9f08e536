"""The form: one small language for what people ask, which compiles to SQL of four engines."""
