"""The organisations that the installation names: read strictly, and taken over without losing their place."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.organisation import Organisation
from digihelse_app.services import organisations
from digihelse_app.services.organisations import KnownOrganisation
from digihelse_app.settings import SettingsError
from tests import world

ALVDAL = KnownOrganisation(
    "80001", "940837685", "Alvdal kommune", "62 48 90 00", "https://fagsystem.test/fhir"
)
TABLE = """
[[organisation]]
her_id = "80001"
organisation_number = "940837685"
name = "Alvdal kommune"
phone = "62 48 90 00"
fhir_base_url = "https://fagsystem.test/fhir"
"""


def test_read_takes_every_table(tmp_path: Path) -> None:
    file = tmp_path / "organisations.toml"
    file.write_text(TABLE + TABLE.replace("80001", "80002"), "utf-8")
    assert [one.her_id for one in organisations.read(file)] == ["80001", "80002"]
    assert organisations.read(file)[0] == ALVDAL


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"[[organisation]",
        b"\xff",
        TABLE.replace("her_id", "herid").encode(),
        (TABLE + 'secret = "x"').encode(),
        TABLE.replace("[[organisation]]", "[organisation]").encode(),
    ],
    ids=["no file", "empty", "not toml", "not text", "wrong name", "one name too many", "one table"],
)
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "organisations.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^DIGIHELSE_ORGANISATIONS_FILE cannot be read"):
        organisations.read(file)


async def test_register_takes_over_changes_and_keeps_id_and_place_in_the_feed(database: AsyncEngine) -> None:
    known = world.organisation("Alvdal", her_id="80001")
    known.activity_offset = 7
    await world.add(known, world.organisation("Tynset", her_id="80002"))
    await organisations.register([ALVDAL])
    await organisations.register([ALVDAL])
    by_her_id = {row.her_id: row for row in await world.rows(Organisation)}
    alvdal = by_her_id["80001"]
    assert (alvdal.id, alvdal.activity_offset, alvdal.name) == (known.id, 7, "Alvdal kommune")
    assert (alvdal.organisation_number, alvdal.fhir_base_url) == ("940837685", "https://fagsystem.test/fhir")
    assert (len(by_her_id), by_her_id["80002"].name) == (2, "Tynset")
