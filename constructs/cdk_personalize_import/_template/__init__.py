"""What templates are made of: ARNs, texts, acknowledged findings. Knows nothing else of this package."""
