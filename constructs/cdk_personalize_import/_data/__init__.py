"""Where data comes from, and what synthesis knows of it."""
