"""A custom resource that takes its time: its requests, its polls on a schedule, and its reply.

Nothing here knows what the resource does. `PolledResource` asks a `Resource` to look, and replies once there is an
answer; `Invocation` decides whether a request is still worth a look.
"""
