"""Imports between deployments, and who is told how imports end."""
