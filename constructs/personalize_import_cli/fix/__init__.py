"""``personalize-import check --fix``: writes a copy of files with what can be put right without guessing."""
