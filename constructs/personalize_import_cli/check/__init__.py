"""``personalize-import check``: files, by the rules that the function's preflight and Personalize itself go by."""
