"""The login page: who would you like to be, and what should go wrong?"""

from html import escape

from starlette.responses import HTMLResponse

from digihelse_app.standins.bankid.authorization_request import AuthorizationRequest
from digihelse_app.standins.bankid.faults import FAULTS
from digihelse_app.standins.bankid.frame import Policy, origins, page
from digihelse_app.standins.bankid.provider import HIGH, SUBSTANTIAL, Provider
from digihelse_app.standins.bankid.registrations import TestPerson

LEVELS = {HIGH: "Høyt, som BankID", SUBSTANTIAL: "Betydelig, som MinID"}
BODY = """<h1>Hvem vil du logge inn som?</h1>
<p class="lead">Til {service}. Velg en person, så er du inne. Du trenger verken kode eller passord.</p>
<form method="post" action="{action}">
<input type="hidden" name="interaction" value="{interaction}">
<details>
<summary>Valg for testing</summary>
<div class="choices">
<fieldset><legend>Sikkerhetsnivå</legend>
{levels}
</fieldset>
<fieldset><legend>Feil i svaret</legend>
{faults}
</fieldset>
</div>
</details>
<ul class="people">
{people}
</ul>
<button class="quiet" name="cancel" value="ja">Avbryt</button>
</form>"""


def login_page(provider: Provider, interaction: str, wanted: AuthorizationRequest) -> HTMLResponse:
    """The picker for one interaction. Its form may end at the client that asked, and nowhere else."""
    client = provider.clients[wanted.client_id]
    body = BODY.format(
        service=escape(client.name or client.client_id),
        action=escape(f"{provider.path}/authorize/decision"),
        interaction=escape(interaction),
        levels=_radios("level", LEVELS, HIGH),
        faults=_radios("fault", {"": "Ingen feil", **FAULTS}, ""),
        people="\n".join(_person(key, person) for key, person in provider.people.items()),
    )
    return page(provider, "Logg inn", body, Policy(form_targets=origins([wanted.redirect_uri])))


def _person(key: str, person: TestPerson) -> str:
    return (
        f'<li><button class="person" name="person" value="{escape(key)}">'
        f'<span class="name">{escape(person.name)}</span> '
        f'<span class="story">{escape(person.story)}</span></button></li>'
    )


def _radios(name: str, choices: dict[str, str], chosen: str) -> str:
    return "\n".join(
        f'<label><input type="radio" name="{name}" value="{escape(value)}"'
        f"{' checked' if value == chosen else ''}> {escape(label)}</label>"
        for value, label in choices.items()
    )
