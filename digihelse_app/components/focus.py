"""What happens in the browser outside React's tree: focus after navigation, the language, late scripts."""

from typing import Any

from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import Var
from reflex_components_core.base.fragment import Fragment

from digihelse_app import routes

_ELEMENTS = ("ds-field", "ds-error-summary", "fieldset", "details", "clickdelegatefor", "invokers")
"""Parts of Designsystemet's script that the pages use."""


class RouteFocus(Fragment):
    """Moves the focus to the heading after a client-side navigation, as a page load would start at the top.

    Belongs in the app's wraps: a copy inside a page would begin anew with every page. An element with
    `data-focus` in the main content is preferred to the `h1`: what a link opened within the same page. A
    conversation or a visit is waited for until it has been fetched.
    """

    def add_imports(self) -> dict[str, Any]:
        """The hooks it stands on."""
        react = [ImportVar(tag="useEffect"), ImportVar(tag="useRef")]
        return {"react-router": [ImportVar(tag="useLocation")], "react": react}

    def add_hooks(self) -> list[str | Var]:
        """Skip the first run: the page has just been loaded and the browser has placed the focus."""
        queries = (routes.THREAD_QUERY, routes.VISIT_QUERY, routes.STEP_QUERY, routes.FOR_QUERY)
        opened = ",".join(f"new URLSearchParams(focusLocation.search).get('{name}')" for name in queries)
        return [
            "const focusLocation = useLocation();",
            f"const focusPlace = [focusLocation.pathname,{opened}].join('|');",
            "const focusFirst = useRef(true);",
            "const focusByKeys = useRef(false);",
            """useEffect(() => {
  const follow = ({ type }) => { focusByKeys.current = type === 'keydown'; };
  for (const type of ['keydown', 'pointerdown']) addEventListener(type, follow, true);
  return () => { for (const type of ['keydown', 'pointerdown']) removeEventListener(type, follow, true); };
}, []);""",
            """useEffect(() => {
  if (focusFirst.current) { focusFirst.current = false; return; }
  const query = new URLSearchParams(focusLocation.search);
  const comes = query.has('%thread') || query.has('%visit');
  let target = null;
  const place = () => {
    const found = document.querySelector('main [data-focus]');
    target = found ?? (comes ? null : document.querySelector('main h1'));
    if (!target) return;
    target.setAttribute('tabindex', '-1');
    target.toggleAttribute('data-quiet', !focusByKeys.current);
    target.focus({ preventScroll: true });
  };
  place();
  // Waited for; and once more when it gives way to another, as long as nothing else has the focus.
  const wait = new MutationObserver(() => {
    if (!target || (!target.isConnected && document.activeElement === document.body)) place();
  });
  wait.observe(document.body, { childList: true, subtree: true });
  return () => wait.disconnect();
}, [focusPlace]);""".replace("%thread", routes.THREAD_QUERY).replace("%visit", routes.VISIT_QUERY),
        ]


class PageLanguage(Fragment):
    """Keeps `<html lang>` at the language that is read."""

    code: Var[str]

    def add_imports(self) -> dict[str, Any]:
        """The hook it stands on."""
        return {"react": [ImportVar(tag="useEffect")]}

    def add_hooks(self) -> list[str | Var]:
        """Follow the language."""
        return [
            Var(f"useEffect(() => {{ document.documentElement.lang = {self.code!s}; }}, [{self.code!s}]);")
        ]

    def _exclude_props(self) -> list[str]:
        return ["code"]


class LateElements(Fragment):
    """Fetches Designsystemet's elements when the browser is idle; pages work and read well without."""

    def add_imports(self) -> dict[str, Any]:
        """The hook it stands on."""
        return {"react": [ImportVar(tag="useEffect")]}

    def add_hooks(self) -> list[str | Var]:
        """Once, after the first page is usable."""
        fetches = ",".join(f"import('@digdir/designsystemet-web/{name}')" for name in _ELEMENTS)
        return [
            f"""useEffect(() => {{
  const fetchElements = () => Promise.all([{fetches}]).catch(() => {{}});
  if ('requestIdleCallback' in window) requestIdleCallback(fetchElements, {{ timeout: 2000 }});
  else setTimeout(fetchElements, 300);
}}, []);"""
        ]
