"""Template tags of the project: the page components."""
