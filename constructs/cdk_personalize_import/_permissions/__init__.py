"""Who may read the data, and what the function may do."""
