"""A municipality's record system, played on the wire of docs/integration.md alone; it imports no app code."""

from digihelse_app.standins.record_system.application import RecordSystem as RecordSystem
from digihelse_app.standins.record_system.application import create as create
from digihelse_app.standins.record_system.system import Organisation as Organisation
