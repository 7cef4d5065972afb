"""The command line ``personalize-import``: what a person looks at beside a deployment, and before there is an app.

It needs the extra ``cli`` of the package (click, rich, boto3); nothing else in the package imports it.
"""
