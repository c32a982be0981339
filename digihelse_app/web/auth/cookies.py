"""The cookies: who is signed in, which browser asked to (ten minutes), and which device it is (a year)."""

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.services import devices, logins
from digihelse_app.settings import Settings


@dataclass(frozen=True)
class Cookies:
    """Over https with the prefix that binds a cookie to this host; http is for this machine alone."""

    secure: bool

    @property
    def session(self) -> str:
        """The name of the session cookie."""
        return self._name("digihelse")

    @property
    def browser(self) -> str:
        """The name of the cookie that binds a login to the browser that began it."""
        return self._name("digihelse-login")

    @property
    def device(self) -> str:
        """The name of the cookie that a person's new device is told from her others by."""
        return self._name("digihelse-device")

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def session_secret(self, request: Request) -> str:
        """The secret the browser holds; empty when it holds none."""
        return request.cookies.get(self.session, "")

    def browser_secret(self, request: Request) -> str:
        """The browser's own secret, or a new one: logins in several tabs share it."""
        return request.cookies.get(self.browser) or secrets.token_urlsafe(32)

    def device_secret(self, request: Request) -> str:
        """The device's own secret, or a new one."""
        held = request.cookies.get(self.device, "")
        return held if devices.is_secret(held) else secrets.token_urlsafe(32)

    def remember_device(self, response: Response, secret: str) -> None:
        """Know this device again, for a year from now."""
        self._set(response, self.device, secret, int(devices.LIFETIME.total_seconds()))

    def remember_browser(self, response: Response, secret: str) -> None:
        """Bind logins begun now to this browser until they are over."""
        self._set(response, self.browser, secret, int(logins.LIFETIME.total_seconds()))

    def open_session(self, response: Response, secret: str) -> None:
        """Give the browser its session, until it is closed or the session ends."""
        self._set(response, self.session, secret)

    def close_session(self, response: Response) -> None:
        """Take the session cookie back."""
        self._set(response, self.session, "", max_age=0)

    def _set(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        # Lax: the answer comes by a navigation from the provider, which Strict would leave without cookies.
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


def for_settings(settings: Settings) -> Cookies:
    """The cookies as this address needs them."""
    return Cookies(settings.is_https)
