"""The app installs, opens on a bad line, keeps nothing personal, and says so when there is no connection."""

from playwright.sync_api import Page, expect

from digihelse_app import routes
from tests.e2e.conftest import Console
from tests.servers import RunningApp

LEAVING = "Disconnect websocket on page navigation"

WORKER_IN_CHARGE = """async () => {
  await navigator.serviceWorker.ready;
  const { serviceWorker } = navigator;
  if (!serviceWorker.controller)
    await new Promise((done) => serviceWorker.addEventListener('controllerchange', done, { once: true }));
}"""
KEPT = """async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
  return requests.map((request) => new URL(request.url).pathname);
}"""


def opened(page: Page, path: str = routes.FRONT) -> None:
    """Open `path` with the service worker in charge."""
    page.goto(path)
    page.evaluate(WORKER_IN_CHARGE)


def test_without_a_network_a_page_is_answered_by_one_that_offers_to_try_again(page: Page, console: Console):
    console.expect(LEAVING, "ERR_INTERNET_DISCONNECTED")
    opened(page)
    page.context.set_offline(True)
    page.goto(f"{routes.INBOX}?for=key")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er uten nett")
    expect(page.get_by_role("main")).to_contain_text("Meldinger du har begynt på, er tatt vare på.")
    page.context.set_offline(False)
    page.get_by_role("link", name="Prøv igjen").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Du er uten nett")


def test_only_the_apps_own_files_are_kept(page: Page):
    opened(page)
    kept = page.evaluate(KEPT)
    assert [path for path in kept if not path.startswith("/assets/")] == ["/uten-nett.html"]


def test_lost_connection_is_said_and_taken_back(page: Page):
    opened(page, routes.HELP)
    banner = page.get_by_role("status").filter(has_text="Ingen forbindelse. La siden stå åpen")
    expect(banner).to_have_count(0)
    page.context.set_offline(True)
    expect(banner).to_be_visible()
    page.context.set_offline(False)
    expect(banner).to_have_count(0)


def test_manifest_names_icons_that_exist(page: Page):
    manifest = page.request.get("/manifest.webmanifest").json()
    answers = {icon["src"]: page.request.get(icon["src"]) for icon in manifest["icons"]}
    found = {source: (answer.status, answer.headers["content-type"]) for source, answer in answers.items()}
    assert found == dict.fromkeys(found, (200, "image/png"))
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == [routes.INBOX, routes.COMPOSE]


def test_public_pages_run_under_the_policy_with_a_silent_console(page: Page, console: Console):
    console.expect(LEAVING)
    for path in (routes.FRONT, routes.HELP, routes.PRIVACY, routes.ACCESSIBILITY):
        opened(page, path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_heading_has_the_focus_after_navigation(page: Page, app_server: RunningApp):
    opened(page)
    page.get_by_role("link", name="Personvern").click()
    expect(page).to_have_url(app_server.base_url + routes.PRIVACY)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_skip_link_reaches_the_content_and_keeps_the_address(page: Page):
    opened(page, f"{routes.HELP}?for=key")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith(f"{routes.HELP}?for=key#main")
