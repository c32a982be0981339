"""The database's schema through time; imports models and settings, run by the root and by `alembic`."""
