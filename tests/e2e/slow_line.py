"""Lines that are slow or dead where a journey wants them to be."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

DRAFTS = re.compile(r"/utkast\?")
EVENTS = re.compile(r"/_event/")


class SlowLine:
    """Drafts on their way to the server, or answers on their way back, wait until let through."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._waiting: list[Callable[[], None]] = []
        self.is_dead = self.is_slow = self.is_slow_back = self.is_slow_to_tell = False
        context.route(DRAFTS, self._hold)

    def _hold(self, route: Route) -> None:
        is_save = route.request.method == "PUT"
        if self.is_slow_to_tell and not is_save:
            self._waiting.append(route.continue_)
        elif not is_save:
            route.continue_()
        elif self.is_dead:
            route.abort()
        elif self.is_slow_back:
            answer = route.fetch()
            self._waiting.append(lambda: route.fulfill(response=answer))
        elif self.is_slow:
            self._waiting.append(route.continue_)
        else:
            route.continue_()

    def let_through(self) -> None:
        """What waits arrives."""
        while self._waiting:
            self._waiting.pop(0)()

    def mend(self) -> None:
        """From now on the line is good."""
        self.let_through()
        self._context.unroute(DRAFTS)


class SlowEvents:
    """What a page says to the server waits from `hold` until `let_through`. Made before it is opened."""

    def __init__(self, page: Page) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._is_held = False
        page.route_web_socket(EVENTS, self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def send(frame: str | bytes) -> None:
            if self._is_held:
                self._waiting.append(lambda: server.send(frame))
            else:
                server.send(frame)

        socket.on_message(send)

    def hold(self) -> None:
        """From now on nothing gets through."""
        self._is_held = True

    def let_through(self) -> None:
        """What waits arrives, and what is said from now on."""
        self._is_held = False
        while self._waiting:
            self._waiting.pop(0)()
