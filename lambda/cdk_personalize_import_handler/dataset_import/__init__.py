"""What the custom resource does: it imports data into a dataset of Amazon Personalize."""
