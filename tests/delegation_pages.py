"""The pages of delegations as a browser fills them in: a form, and what is given by it."""

from typing import Any

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.models.representation import Representation
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.state.giving import GivingState
from tests import world
from tests.people import JONAS, KARI


def form(to: SyntheticPerson = JONAS, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    written = {"person": "", "name": to.name, "national_id": f"{to.national_id[:6]} {to.national_id[6:]}"}
    terms = {"cancel_visits": "yes", "which": "all", "begins": "now", "ends": "never"}
    return {**written, **terms, **changed}


async def giving(actor: SyntheticPerson = KARI, path: str = routes.GIVE, **query: str) -> GivingState:
    """The form, opened."""
    state = await world.state(GivingState, await world.person(actor), path=path, **query)
    await (state.load_change() if path == routes.CHANGE else state.load())
    return state


async def given(*permissions: Permission, to: SyntheticPerson = JONAS, **terms: Any) -> str:
    """A delegation of Kari's, given on the page; its id."""
    page = await giving()
    ticked = {permission.value: "yes" for permission in permissions}
    written = form(to, **{"cancel_visits": "", **ticked, **terms})
    await page.submit(written)
    await page.submit(written)
    return (await world.rows(Representation))[-1].id
