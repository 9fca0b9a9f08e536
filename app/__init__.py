"""The page on which people ask a database in plain words; `mome app` starts it through `launch`, Streamlit runs `main.py`."""
