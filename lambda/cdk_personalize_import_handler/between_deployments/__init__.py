"""Imports between deployments: requests of schedules and uploads, which nobody waits for a reply to."""
