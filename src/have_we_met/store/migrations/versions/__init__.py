"""One step a module. A step is never changed once it was released, and imports no table of ours."""
