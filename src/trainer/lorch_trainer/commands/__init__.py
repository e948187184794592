"""One verb a file: what `python -m lorch_trainer VERB` runs."""
