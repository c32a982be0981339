"""Addresses: every page and plain HTTP route, named once."""

from urllib.parse import quote

FRONT = "/"
CONSENT = "/samtykke"
HOME = "/hjem"
INBOX = "/innboks"
COMPOSE = "/innboks/ny"
VISITS = "/besok"
AWAY = "/besok/borte"
DELEGATIONS = "/fullmakter"
GIVE = "/fullmakter/ny"
CHANGE = "/fullmakter/endre"
ASK = "/fullmakter/be"
PAPER_FORM = "/fullmakter/skjema"
CHOOSE_PERSON = "/velg-person"
PROFILE = "/profil"
LOG = "/profil/logg"
HELP = "/hjelp"
PRIVACY = "/personvern"
ACCESSIBILITY = "/tilgjengelighet"
SIGNED_OUT = "/logget-ut"

THREAD_QUERY = "samtale"
"""Query that opens a conversation on the inbox page."""
VISIT_QUERY = "besok"
"""Query that opens a visit on the page of visits."""
STEP_QUERY = "steg"
"""Query that names a step on the way, such as CANCEL_STEP on the page of a visit."""
CANCEL_STEP = "avbestill"
DELEGATION_QUERY = "fullmakt"
"""Query that names the delegation to change."""
PREVIEW_QUERY = "vis"
"""Query, with the value 1, that asks for a small picture in the place of a file."""
LANGUAGE_QUERY = "sprak"
"""Query that names the language of a document that is made outside the pages."""
FOR_QUERY = "for"
"""Query that names the represented person, by an opaque key; absent for oneself."""

NEXT_QUERY = "neste"
"""Query on the signed-out page: the address that was asked for without being signed in."""

PUBLIC_PAGES = frozenset({FRONT, HELP, PRIVACY, ACCESSIBILITY, SIGNED_OUT, PAPER_FORM})
SIGNED_IN_PAGES = frozenset({CONSENT, HOME, INBOX, COMPOSE, VISITS, AWAY, DELEGATIONS, PROFILE, LOG})
SIGNED_IN_PAGES |= {GIVE, CHANGE, ASK, CHOOSE_PERSON}
OWN_PAGES = frozenset({DELEGATIONS, GIVE, CHANGE, ASK, PROFILE, CONSENT})
"""What belongs to each person alone, whoever may act for her."""
PAGES = PUBLIC_PAGES | SIGNED_IN_PAGES

LOGIN = "/auth/login"
CALLBACK = "/auth/callback"
LOGOUT = "/auth/logout"
LOGOUT_CALLBACK = "/auth/logget-ut"
FRONTCHANNEL_LOGOUT = "/auth/frontkanal"
EXTEND = "/auth/forleng"
ATTACHMENTS = "/attachments"
THREAD_PDF = "/samtaler/{thread_id}.pdf"
VISIT_ICS = "/besok/{visit_id}.ics"
CALENDAR = "/kalender"
CALENDAR_FEED = "/kalender/{secret}.ics"
EXPORT = "/alt-om-meg/{export_id}.zip"
LOG_FILE = "/logg/{form}"
DRAFT = "/utkast"
DRAFT_KEY = "/utkast/nokkel"


def signed_out(wanted: str = "") -> str:
    """The signed-out page, remembering the address `wanted` when that is a page one must sign in for."""
    if wanted.partition("?")[0] not in SIGNED_IN_PAGES:
        return SIGNED_OUT
    return f"{SIGNED_OUT}?{NEXT_QUERY}={quote(wanted, safe='')}"


def thread(thread_id: str) -> str:
    """Address of a conversation."""
    return f"{INBOX}?{THREAD_QUERY}={thread_id}"


def visit(visit_id: str) -> str:
    """Address of a visit."""
    return f"{VISITS}?{VISIT_QUERY}={visit_id}"


def change(representation_id: str) -> str:
    """Address of the page that changes a delegation."""
    return f"{CHANGE}?{DELEGATION_QUERY}={representation_id}"


def attachment(attachment_id: str, *, preview: bool = False) -> str:
    """Address of a file; `preview`: of a small picture of it."""
    return f"{ATTACHMENTS}/{attachment_id}{f'?{PREVIEW_QUERY}=1' if preview else ''}"


def thread_pdf(thread_id: str) -> str:
    """Address of a conversation as a PDF."""
    return THREAD_PDF.format(thread_id=thread_id)


def visit_ics(visit_id: str) -> str:
    """Address of a visit as a calendar file."""
    return VISIT_ICS.format(visit_id=visit_id)


def calendar_feed(secret: str) -> str:
    """Address that a calendar fetches visits from; whoever has it can read it."""
    return CALENDAR_FEED.format(secret=secret)


def export(export_id: str) -> str:
    """Address of everything about oneself."""
    return EXPORT.format(export_id=export_id)


def log_file(form: str) -> str:
    """Address of the log as a file; `form` is csv or json."""
    return LOG_FILE.format(form=form)


def acting_for(key: str, address: str) -> str:
    """`address` while acting for whom `key` stands for; as it is when `key` is empty."""
    if not key:
        return address
    return f"{address}{'&' if '?' in address else '?'}{FOR_QUERY}={key}"
