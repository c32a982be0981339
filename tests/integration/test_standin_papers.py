"""The municipality registers a delegation on its own page, and it holds at Digihelse: over the whole wire."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.codes import EndReason, RepresentationRole
from digihelse_app.models.organisation import CareRelation
from digihelse_app.models.representation import Representation
from digihelse_app.services import connection, delegation
from digihelse_app.services.connection import SetupState
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.record_system.paper_pages import TOLD
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.fhir_world import person_id, rows
from tests.people import ERIK, MINA, PER

PAGE = "/fullmakter"


@pytest.fixture
async def ends(database: AsyncEngine, tmp_path: Path, clock: MovableClock) -> AsyncIterator[BothEnds]:
    delegation.configure(Register(), {80})
    with signing():
        async with both_ends(tmp_path, clock) as running:
            await running.system.run_night_job()
            yield running


def form(**changes: str) -> dict[str, str]:
    """Erik is assigned to act for Per."""
    return {
        "patient": "per",
        "role": "TD",
        "proxy_name": ERIK.name,
        "proxy_number": ERIK.national_id,
        "evidence": "2026/4711",
        "until": "2030-11-23",
    } | changes


async def test_erik_acts_for_per_once_it_is_registered_and_no_longer_when_it_is_ended(
    ends: BothEnds, clock: MovableClock
) -> None:
    page = await ends.submit(PAGE, **form())
    assert page.status_code == 200
    await ends.system.deliver()
    [row] = await rows(Representation)
    acting = await acting_context(await person_id(ERIK), row.key)
    assert (acting.represented_id, acting.role) == (await person_id(PER), RepresentationRole.TD)
    run = await ends.system.run_night_job()
    assert run is not None
    assert (run.matched, run.errors) == (1, 0)
    assert [one.person_id for one in await rows(CareRelation)] == [acting.represented_id]
    status = await connection.status(acting)
    assert (status.state, status.service) == (SetupState.OPENS_LATER, "Solsida omsorgsheim")
    assert TOLD["delivered"] in (await ends.staff.get("/fagsystem/fullmakter")).text
    clock.advance(hours=1)
    await ends.submit(f"{PAGE}/{row.external_id}/avslutt")
    await ends.system.deliver()
    [row] = await rows(Representation)
    assert (row.end_reason, row.ended_at) == (EndReason.BY_MUNICIPALITY, clock())
    with pytest.raises(AccessDeniedError):
        await acting_context(row.actor_id, row.key)


async def test_what_digihelse_refuses_is_seen_in_the_list(ends: BothEnds) -> None:
    await ends.submit(PAGE, **form(proxy_name=MINA.name, proxy_number=MINA.national_id))
    await ends.system.deliver()
    assert TOLD["refused"] in (await ends.staff.get("/fagsystem/fullmakter")).text
    assert await rows(Representation) == []


@pytest.mark.parametrize(
    "changes", [{"evidence": ""}, {"until": ""}, {"proxy_number": "1"}, {"proxy_name": ""}, {"patient": "x"}]
)
async def test_what_is_missing_is_asked_for_and_what_was_written_stays(
    ends: BothEnds, changes: dict[str, str]
) -> None:
    page = await ends.submit(PAGE, **form(**changes))
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    kept = form(**changes)["until"] or ERIK.national_id
    assert f'value="{kept}"' in page.text
    elsewhere = await ends.staff.post(
        "/fagsystem/fullmakter", data=form(), headers={"Origin": "http://x.test"}
    )
    assert elsewhere.status_code == 403
