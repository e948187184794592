"""The Python side of lorch. Nothing heavy is imported here: every verb imports what it needs."""

__version__ = "0.1.0"
