"""Reading old and foreign data: files line by line, what is refused and why, and what becomes of each row."""
