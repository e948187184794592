"""What is learned: one recipe a file, and how it is fed and evaluated."""
