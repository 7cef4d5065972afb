"""IAM: what a call needs (``action``), and what policies allow (``policy``, ``condition``).

``call_log`` records every call of a role, and refuses those of functions as services do.
"""
