"""Adapters: made, started, folded, counted, saved and described."""
