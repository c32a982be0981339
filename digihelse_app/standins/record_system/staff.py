"""The employees, and which of them sits at this browser. There is no lock: everybody here is made up."""

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system.frame import back_to, field, own_form, refused
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of

STAFF = ("Marit Haugen", "Trond Bakke", "Sunniva Lie")
"""Their names stay in the house: to the citizen, the service answers."""

COOKIE = "fagsystem_ansatt"


def at_work(request: Request) -> str:
    """The employee who was chosen in this browser; the first one until somebody is."""
    chosen = request.cookies.get(COOKIE, "")
    return STAFF[int(chosen)] if chosen in map(str, range(len(STAFF))) else STAFF[0]


def named(form: dict[str, str], otherwise: str, name: str = "staff") -> str:
    """The employee a form names; never anyone else."""
    return form[name] if form.get(name) in STAFF else otherwise


def select(name: str, people: tuple[str, ...], chosen: str = "", described_by: str | None = None) -> Html:
    """A choice between employees; `name` is the control's id as well."""
    options = [element("option", who, value=who, selected=who == chosen) for who in people]
    return element("select", options, id=name, name=name, aria_describedby=described_by)


def switcher(system: System, chosen: str) -> Html:
    """The form that says who one is."""
    return element(
        "form",
        field("Du er", select("staff", STAFF, chosen), "staff"),
        element("button", "Bytt", type="submit", class_="quiet", aria_label="Bytt ansatt"),
        method="post",
        action=system.path("/ansatt"),
        class_="row",
    )


async def choose(request: Request) -> Response:
    """Takes who sits here now."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    answer = back_to(system, "/")
    number = STAFF.index(named(form, STAFF[0]))
    answer.set_cookie(COOKIE, str(number), path=system.path("/"), httponly=True, samesite="lax")
    return answer
