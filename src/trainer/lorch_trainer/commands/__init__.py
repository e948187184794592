"""One file per verb of `python -m lorch_trainer VERB`."""
