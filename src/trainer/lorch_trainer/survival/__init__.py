"""What survives from attempt to attempt, the same for every method: checkpoints, resume, stop and counts."""
