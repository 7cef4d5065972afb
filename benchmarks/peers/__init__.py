"""What people use today, written as a user would write it from each one's own documentation.

Each module offers ``add_import(stack, index, dataset_arn)``, which adds one import to a stack.
"""
