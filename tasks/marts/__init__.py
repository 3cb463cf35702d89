"""Build the tables that people query from what the stages left."""
