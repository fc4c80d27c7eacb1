"""Whole stories, told in a real browser: what a person sees and does from one end to the other."""
