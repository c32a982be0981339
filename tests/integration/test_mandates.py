"""The mandate: what was given, signed, so that each act done by it can be shown to have been allowed."""

import hashlib
import json

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.permissions import Permission
from digihelse_app.models.representation import EVERY_SERVICE, Mandate, Representation
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Offer, Terms
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import KEY, Register, signing
from tests.people import INGRID

TERMS = Terms({Permission.READ_MESSAGES: [EVERY_SERVICE]}, only_new=True)


async def test_each_row_has_a_mandate_that_says_what_it_says(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    with signing():
        delegation.configure(Register(), {80})
        given = await delegation.give(await kari.acting(), Offer(INGRID.name, INGRID.national_id, TERMS))
        clock.advance(days=1)
        await delegation.renew(await kari.acting(), given.representation_id, None)
        clock.advance(days=1)
        await delegation.change(
            await kari.acting(), (await world.rows(Representation))[-1].id, Terms(TERMS.scopes)
        )
    public = ECKey.import_key(KEY.as_dict(private=False))
    rows = {row.id: row for row in await world.rows(Representation)}
    mandates = await world.rows(Mandate)
    assert len(rows) == 3
    assert {one.representation_id for one in mandates} == set(rows)
    for mandate in mandates:
        claims = jwt.decode(mandate.jws, public, algorithms=["ES256"]).claims
        row = rows[mandate.representation_id]
        assert claims == {
            "representation": row.id,
            "actor": row.actor_id,
            "represented": kari.kari.id,
            "role": "FU",
            "origin": "digital",
            "scopes": row.scopes,
            "since": row.since.isoformat() if row.since else None,
            "valid_from": row.valid_from.isoformat(),
            "valid_until": None,
            "given_by": kari.kari.id,
            "evidence": "",
            "iat": int(mandate.made_at.timestamp()),
        }
        assert hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest() == mandate.digest
        head, body, signature = mandate.jws.split(".")
        with pytest.raises(BadSignatureError):
            jwt.decode(f"{head}.{body[:-4]}AAAA.{signature}", public, algorithms=["ES256"])
