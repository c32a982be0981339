"""A municipality's record system, played on the wire of docs/integration.md alone; it imports no app code."""

from digihelse_app.standins.record_system.application import RecordSystem as RecordSystem
from digihelse_app.standins.record_system.application import create as create
from digihelse_app.standins.record_system.system import Organisation as Organisation
from digihelse_app.standins.record_system.visit_planning import Hours as Hours
from digihelse_app.standins.record_system.visit_planning import Plan as Plan
from digihelse_app.standins.record_system.visit_planning import Went as Went
