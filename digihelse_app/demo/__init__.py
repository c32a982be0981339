"""The stand-ins and the story, beside the composition root: all that knows both the app and the stand-ins."""

from digihelse_app.demo.story import play as play
from digihelse_app.demo.wiring import ALVDAL as ALVDAL
from digihelse_app.demo.wiring import Standins as Standins
from digihelse_app.demo.wiring import build as build
