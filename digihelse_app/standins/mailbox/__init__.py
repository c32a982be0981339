"""SMS and e-mail gateways, played: what is handed over is kept to be looked at, and goes nowhere."""

from digihelse_app.standins.mailbox.application import create as create
