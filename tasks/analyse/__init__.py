"""Ask the marts: named queries, statistics, the DuckDB views."""
