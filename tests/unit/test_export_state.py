"""«Everything about me» on one's own page: asked for, followed, ready; nothing while acting for another."""

import pytest

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.insight import DataExport
from digihelse_app.services import export_job
from digihelse_app.state.export import ExportState
from digihelse_app.state.person import ComposedForAnotherError
from tests import world
from tests.answers import plain
from tests.people import INGRID

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def test_it_is_followed_from_asking_to_fetching() -> None:
    kari = await world.world()
    page = await world.state(ExportState, kari.kari, path=routes.PROFILE)
    await page.load()
    assert (page.status, page.address) == ("", "")
    with pytest.raises(ComposedForAnotherError):
        await page.ask("another-key")
    await page.ask("")
    assert (page.status, page.progress) == ("waiting", "Vi samler det. 0 av 10 deler er klare.")
    await export_job.make_next()
    await page.load()
    (row,) = await world.rows(DataExport)
    assert (page.status, page.address, page.progress) == ("ready", routes.export(row.id), "")
    assert plain(page.ready) == "Filen er klar (0,1 MB). Den slettes her tirsdag 24. november kl. 10.00."


async def test_while_acting_for_another_there_is_nothing_to_see_or_ask_for() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    own = await world.state(ExportState, kari.kari)
    await own.ask("")
    page = await world.state(ExportState, ingrid, key=hers.key)
    await page.load()
    assert (page.shown_for, page.status) == (hers.key, "")
    with pytest.raises(AccessDeniedError):
        await page.ask(hers.key)
