"""What a page shows of the circle, and how it empties when a conversation or visit is hidden: no browser."""

from datetime import timedelta

import pytest

from digihelse_app import routes
from digihelse_app.models.codes import RepresentationRole, SenderKind
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import new_id
from digihelse_app.outside import clock as app_clock
from digihelse_app.services import circle_notes, drafts, hiding, inbox, sender_words
from digihelse_app.services.circle import Circle as Around
from digihelse_app.services.circle import Member
from digihelse_app.services.drafts import DraftContent
from digihelse_app.state.circle import CircleState
from digihelse_app.state.circle_rows import seen_by, short_names
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.thread import ThreadState
from digihelse_app.state.visit import VisitState
from tests import circle_world, visit_world, world
from tests.answers import plain
from tests.circle_world import Circle
from tests.conftest import MovableClock

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def opened(them: Circle, who: str = "") -> tuple[ThreadState, CircleState]:
    """The conversation in a tab: Kari's own, or a proxy's."""
    query = {routes.THREAD_QUERY: them.thread.id}
    actor, key = them.world.kari, ""
    if who:
        right = them.rights[who]
        key = right.key
        actor = next(one for one in await world.rows(type(actor)) if one.id == right.actor_id)
    thread = await world.state(ThreadState, actor, key=key, path=routes.INBOX, **query)
    await thread.load()
    circle = await thread.get_state(CircleState)
    await circle.load()
    return thread, circle


async def test_open_conversation_that_is_hidden_empties_in_a_proxys_tab() -> None:
    them = await circle_world.circle()
    await circle_notes.write(them.kari, them.thread.id, "Hemmelig", new_id())
    thread, circle = await opened(them, "ingrid")
    assert (thread.subject, len(thread.messages), len(circle.notes)) == ("Nye tider", 1, 1)
    await hiding.hide_thread(them.kari, them.thread.id)
    await thread.refresh()
    await circle.refresh()
    assert (thread.missing, thread._gone, thread.announcement) == (True, True, "Samtalen er ikke her lenger")
    shown = repr([thread.get_value(name) for name in thread.base_vars]) + repr(
        [circle.get_value(name) for name in circle.base_vars]
    )
    assert [word in shown for word in ("Nye tider", "klokken ti", "Hemmelig", "Jonas")] == [False] * 4
    await thread.refresh()
    assert thread._gone
    await hiding.show_thread(them.kari, them.thread.id)
    await thread.refresh()
    assert (thread._gone, thread.subject) == (False, "Nye tider")


async def test_page_tells_who_reads_answers_and_takes() -> None:
    them = await circle_world.circle()
    await inbox.open_thread(them.ingrid, them.thread.id)
    await drafts.save(them.ingrid, them.thread.id, DraftContent("Hei", idempotency_key=new_id()))
    thread, circle = await opened(them)
    assert circle.seen_by == "Synlig for: deg, Ingrid og Jonas"
    assert {id: plain(text) for id, text in circle.reads.items()} == {
        thread.newest: "Lest av Ingrid i dag kl. 10.00"
    }
    assert (circle.who, circle.take_label, circle.hide_label) == (
        "Ingrid svarer nå",
        "Jeg svarer på denne",
        "Skjul for dem som hjelper deg",
    )
    await circle.answer("", True)
    assert (circle._taken, circle.take_label) == ("Du svarer på denne", "Likevel ikke")
    _, hers = await opened(them, "ingrid")
    assert (hers._taken, hers.take_label, hers.hide_label) == ("Kari svarer på denne", "", "")
    await circle.answer("", False)
    assert (circle._taken, circle.announcement) == ("", "De andre kan svare.")


async def test_hiding_from_the_page_and_the_mark_in_the_list() -> None:
    them = await circle_world.circle()
    _, circle = await opened(them)
    await circle.keep("", True)
    assert (circle.hide_label, circle.seen_by) == ("Vis igjen", "")
    listed = await world.state(InboxState, them.world.kari)
    await listed.load()
    assert [row.hidden for row in listed.threads] == ["Bare for deg"]
    await circle.keep("", False)
    assert (circle.hidden, circle.announcement) == (False, "De som hjelper deg, ser samtalen igjen.")


async def test_note_is_written_and_announced_to_the_others() -> None:
    them = await circle_world.circle()
    _, hers = await opened(them, "ingrid")
    _, karis = await opened(them)
    form = {"person": them.rights["ingrid"].key, "thread": them.thread.id, "note": "", "key": new_id()}
    await hers.write_note(form)
    assert hers.note_error == "Skriv noe i notatet."
    await hers.write_note(form | {"note": "Jeg ringer"})
    assert (hers.note_error, hers.note_key, hers.notes[0].by) == ("", form["key"], "Du")
    await karis.refresh()
    assert (karis.announcement, karis.notes_title) == ("Nytt notat fra Ingrid Nordmann.", "Notater (1)")


async def test_one_of_two_notes_more_than_are_shown_is_announced_and_ones_own_is_not(
    clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle_notes, "SHOWN", 2)
    them = await circle_world.circle()
    for word in ("en", "to"):
        await circle_notes.write(them.kari, them.thread.id, word, new_id())
        clock.advance(minutes=1)
    _, karis = await opened(them)
    await circle_notes.write(them.kari, them.thread.id, "I en annen fane", new_id())
    await karis.refresh()
    assert ([row.body for row in karis.notes], karis.announcement) == (["to", "I en annen fane"], "")
    _, ingrids = await opened(them, "ingrid")
    clock.advance(minutes=1)
    await circle_notes.write(them.kari, them.thread.id, "Hører du?", new_id())
    await ingrids.refresh()
    assert (len(ingrids.notes), ingrids.announcement) == (2, "Nytt notat fra Kari Nordmann.")


async def test_open_visit_that_is_hidden_empties_in_a_proxys_tab() -> None:
    them = await circle_world.circle()
    visit = visit_world.visit(them.world.kari, them.world.service, app_clock.now() + timedelta(days=1))
    await world.add(visit)
    query = {routes.VISIT_QUERY: visit.id}
    right = them.rights["ingrid"]
    people = await world.rows(type(them.world.kari))
    ingrid = next(one for one in people if one.id == right.actor_id)
    hers = await world.state(VisitState, ingrid, key=right.key, path=routes.VISITS, **query)
    karis = await world.state(VisitState, them.world.kari, path=routes.VISITS, **query)
    await hers.load()
    await karis.load()
    assert (hers.visit_id, hers.may_hide, karis.may_hide) == (visit.id, False, True)
    await karis.hide("")
    await hers.refresh()
    assert (hers.detail.id, hers.gone, hers.announcement) == ("", True, "Besøket er ikke her lenger")
    assert karis.hidden
    await karis.show("")
    await hers.refresh()
    assert (hers.detail.id, hers.gone) == (visit.id, False)


def member(given: str, family: str = "Nordmann") -> Member:
    """One of the circle."""
    return Member(given, f"{given} {family}", given, is_proxy=True)


def test_names_are_short_where_that_is_clear() -> None:
    two = [member("Kari"), member("Kari", "Hansen"), member("Ingrid")]
    assert short_names(two) == ["Kari Nordmann", "Kari Hansen", "Ingrid"]


def test_many_names_are_counted() -> None:
    others = [member(f"Nr{n}") for n in range(50)]
    around = Around(others, [], [], None, may_take=False, hiding=None)
    assert seen_by(around, "nb") == "Synlig for: deg, Nr0, Nr1, Nr2, Nr3 og 46 til"


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (RepresentationRole.FU, "på vegne av Kari Nordmann (fullmakt)"),
        (RepresentationRole.TD, "på vegne av Kari Nordmann (tildelt fullmakt)"),
        (RepresentationRole.FO, "på vegne av Kari Nordmann (foreldreansvar)"),
    ],
)
def test_sender_is_told_by_which_right_she_wrote(role: RepresentationRole, words: str) -> None:
    written = Message(
        thread_id="t",
        person_id="kari",
        sender=SenderKind.CITIZEN,
        author_id="ingrid",
        author_role=role,
        author_name="Ingrid Nordmann",
        body="Hei",
        sent_at=world.START,
    )
    assert sender_words.on_behalf(written, "Kari Nordmann", "nb") == words
    written.author_id = "kari"
    assert sender_words.on_behalf(written, "Kari Nordmann", "nb") == ""
