"""Adapters: making, starting, folding, counting, saving and describing them."""
