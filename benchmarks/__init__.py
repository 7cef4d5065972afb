"""Measures this software beside what a user would pick instead: ``python -m benchmarks``."""

import sys
from pathlib import Path

# The handler's source root: it is deployed, not installed.
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "lambda"))
