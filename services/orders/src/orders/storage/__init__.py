"""PostgreSQL: tables, repositories and queries of orders; SQLAlchemy lives here and nowhere else."""
