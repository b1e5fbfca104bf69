"""Speed and quality, each speed beside its floor measured in the same run."""
