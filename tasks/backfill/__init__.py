"""Read archives and folders as captures."""
