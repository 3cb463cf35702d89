"""Make articles of captures."""
