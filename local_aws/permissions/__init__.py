"""IAM: what a call needs (``action``), what policies allow (``policy``, ``condition``), and how services refuse.

``call_log`` records every call of a role, and checks those of functions.
"""
