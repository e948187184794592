"""From canonical rows to tokens with labels: templates, turns, spans, and the sequence file."""
