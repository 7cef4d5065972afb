"""A custom resource that takes its time: the request, its polls on a schedule, and the reply."""
