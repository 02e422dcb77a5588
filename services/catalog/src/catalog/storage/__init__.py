"""PostgreSQL: tables, repositories, queries and migrations of the catalogue."""
