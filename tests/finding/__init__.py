"""Finding: what is written to find by, and what is found."""
