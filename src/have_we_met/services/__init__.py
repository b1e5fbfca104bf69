"""What is consulted beside the store: validators of fields, and look-ups elsewhere."""
