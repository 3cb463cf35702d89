"""Find copies across the whole history."""
