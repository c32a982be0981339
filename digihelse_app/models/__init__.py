"""Tables and code sets (SQLModel), the database, and identity numbers."""
