"""The stand-in OpenID provider, in ID-porten's shape on the wire; it imports nothing of the app."""

from digihelse_app.standins.bankid.application import create as create
from digihelse_app.standins.bankid.registrations import Client as Client
from digihelse_app.standins.bankid.registrations import TestPerson as TestPerson
from digihelse_app.standins.bankid.registrations import picker_people as picker_people
