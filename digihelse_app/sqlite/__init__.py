"""SQLite as this project uses it: its transactions, its locks and its driver. It knows no table."""
