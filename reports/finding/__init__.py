"""Finding reports: what is written with each to be found by, and how what is typed is understood and answered."""
