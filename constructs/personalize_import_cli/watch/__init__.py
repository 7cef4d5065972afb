"""``personalize-import watch``: the imports of a stack or a dataset, as they go on."""
