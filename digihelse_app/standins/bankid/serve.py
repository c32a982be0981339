"""The provider alone, in a process of its own: `python -m digihelse_app.standins.bankid.serve FILE [PORT]`.

FILE is JSON: `issuer`, `database_url`, and `clients` with the fields of `Client`. PORT is where to listen, if
not at the issuer's own port, as for a second worker. It listens on 127.0.0.1 only.
"""

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.standins.bankid.application import create
from digihelse_app.standins.bankid.registrations import Client, picker_people


def mounted(settings: Path) -> tuple[Starlette, int]:
    """The provider under its issuer's path, and the issuer's port."""
    chosen = json.loads(settings.read_text())
    clients = [Client(**registration) for registration in chosen["clients"]]
    issuer = urlsplit(chosen["issuer"])
    provider = create(
        issuer=chosen["issuer"],
        database_url=chosen["database_url"],
        clients=clients,
        people=picker_people(),
    )
    return Starlette(routes=[Mount(issuer.path, provider)]), issuer.port or 80


def main(arguments: list[str]) -> None:
    """Serves until it is stopped."""
    app, port = mounted(Path(arguments[0]))
    if len(arguments) > 1:
        port = int(arguments[1])
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, websockets=False)
    asyncio.run(server.serve())


if __name__ == "__main__":
    main(sys.argv[1:])
