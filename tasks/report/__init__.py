"""Draw the report: one HTML file without network."""
