"""The record system's own database."""

from digihelse_app.standins.own_database import OwnDatabase
from digihelse_app.standins.record_system import delegation_tables as delegation_tables  # tables of its too
from digihelse_app.standins.record_system import paper_tables as paper_tables
from digihelse_app.standins.record_system import visit_tables as visit_tables
from digihelse_app.standins.record_system.tables import Table

LOCK = 7_619_007  # PostgreSQL advisory lock: one worker at a time creates the tables


class Store(OwnDatabase):
    """The database with the record system's tables."""

    def __init__(self, url: str) -> None:
        super().__init__(url, Table.metadata, LOCK)
