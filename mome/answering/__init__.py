"""From a question to SQL: decode candidates, check and rank them, and explain the answer."""
