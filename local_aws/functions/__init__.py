"""AWS Lambda: moto keeps the functions, and processes of this machine run them, each execution environment being one.

``execution_environment`` is the outside of such a process; ``process_clock``, ``process`` and ``process_log`` are its
inside.
"""
