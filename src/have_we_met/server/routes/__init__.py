"""The routes: each reads, asks the library one thing, and writes the answer."""
