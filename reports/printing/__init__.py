"""Reports on paper: what stands on the sheets, and how they are set as tagged PDF."""
