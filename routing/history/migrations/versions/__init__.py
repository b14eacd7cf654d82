"""One script a version of the schema; ``down_revision`` names the one before it."""
