"""The devices one has signed in with, and what to do about one that is not one's own."""

from dataclasses import dataclass

import reflex as rx

from digihelse_app import routes, settings
from digihelse_app.outside import clock
from digihelse_app.services import devices
from digihelse_app.services.devices import Device
from digihelse_app.state import reflex_internals as internals
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup
from digihelse_app.web.auth import cookies

_COOKIE = cookies.for_settings(settings.from_environment()).device

DEVICES_ID = "devices-title"
"""The section's heading, which takes the focus when what was pressed is gone."""


@dataclass(frozen=True)
class DeviceRow:
    """A device in words; `here` is the one the page is seen on."""

    id: str
    label: str
    last: str
    first: str
    here: bool

    @classmethod
    def of(cls, device: Device, language: str) -> "DeviceRow":
        """The row for one device, times in Europe/Oslo."""
        now = clock.now()
        return cls(
            id=device.id,
            label=_label(device, language),
            last=lookup(
                language, "devices.last", when=dates.day_and_time(language, device.last_seen_at, now)
            ),
            first=_first(device, language),
            here=device.here,
        )


def _first(device: Device, language: str) -> str:
    """Since when it is known; empty when it has signed in once."""
    if device.first_seen_at == device.last_seen_at:
        return ""
    when = dates.day_and_time(language, device.first_seen_at, clock.now())
    return lookup(language, "devices.first", when=when)


def _label(device: Device, language: str) -> str:
    if device.browser and device.system:
        return lookup(language, "devices.label", browser=device.browser, system=device.system)
    return device.browser or device.system or lookup(language, "devices.unknown")


class DeviceState(PersonState):
    """`asking` is the id of the device that is not one's own, and `asking_label` what it is called."""

    shown_for: str = "-"
    devices: list[DeviceRow] = []
    asking: str = ""
    asking_label: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read the devices; of whom one acts for there are none to see."""
        acting = await self._acting()
        self.asking = ""
        if acting.for_self:
            language = await self._language()
            here = internals.arrival(self)
            found = await devices.list_devices(acting, here.cookies.get(_COOKIE, "") if here else "")
            self.devices = [DeviceRow.of(device, language) for device in found]
        self.shown_for = self._key

    @rx.event
    @signed_in
    async def ask(self, device_id: str):
        """Explain what to do when it was somebody else."""
        known = {row.id: row.label for row in self.devices}
        self.asking = device_id if device_id in known else ""
        self.asking_label = known.get(device_id, "")
        return rx.set_focus("not-me-title") if self.asking else None

    @rx.event
    @signed_in
    async def keep(self):
        """It was oneself after all."""
        self.asking = ""
        return rx.set_focus(DEVICES_ID)

    @rx.event
    @signed_in
    async def disown(self, person: str, device_id: str):
        """Be signed out everywhere, and know the device no longer; `person` as the page was drawn for."""
        await devices.disown(await self._acting_for(person), device_id)
        return rx.redirect(routes.SIGNED_OUT, replace=True)
