"""The function behind the custom resource, its code and its schedules."""
