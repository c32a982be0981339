"""The stand-in registers, in NHN Persontjenesten's and KRR's shape; they import nothing of the app."""

from digihelse_app.standins.registers.application import AUDIENCES as AUDIENCES
from digihelse_app.standins.registers.application import create as create
