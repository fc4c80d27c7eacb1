"""Pages about reports, a module for each group of addresses."""
