"""The page on which people ask a database. `mome app` starts it through `launch`; Streamlit runs
`main.py`.
"""
