"""A further kind of report, the memo, as an app of its own: what anybody writes who adds a kind, and nothing else."""
