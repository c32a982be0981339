"""The ways to leave a page: to another, keeping or choosing whom one acts for; to anything else; by a form.

`rx.el.a` is none of them: in Reflex 0.10 it is a client-side link that drops the query, also for `tel:`.
"""

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var
from reflex_components_core.el.element import Element
from reflex_components_core.el.elements.inline import A as PlainAnchor
from reflex_components_core.react_router.dom import ReactRouterLink

from digihelse_app import routes

_LOCATION = "const dhLocation = useLocation();"


def _in_query(name: str, query: str) -> Var[str]:
    # Empty while prerendering: React does not mend attributes that differ from the prerendered page.
    hook = (
        f"const {name} = useSyncExternalStore(() => () => {{}}, "
        f"() => new URLSearchParams(dhLocation.search).get('{query}') ?? '', () => '');"
    )
    imports = {
        "react-router": [ImportVar(tag="useLocation")],
        "react": [ImportVar(tag="useSyncExternalStore")],
    }
    data = VarData(hooks={_LOCATION: None, hook: None}, imports=imports)
    return Var(name, _var_type=str, _var_data=data).to(str)


FOR = _in_query("dhFor", routes.FOR_QUERY)
"""The key in the address of whom one acts for, empty for oneself. Usable as `key=` and as field value."""
NEXT = _in_query("dhNext", routes.NEXT_QUERY)
"""On the signed-out page: the address that was asked for, empty for none."""
THREAD = _in_query("dhThread", routes.THREAD_QUERY)
"""The conversation in the address, empty for none."""
VISIT = _in_query("dhVisit", routes.VISIT_QUERY)
"""The visit in the address, empty for none."""
STEP = _in_query("dhStep", routes.STEP_QUERY)
"""The step in the address, empty for none."""


def person_link(*children: rx.Component | Var | str, to: str | Var[str], **props: Any) -> rx.Component:
    """A client-side link to a page of the app that keeps whom one acts for. `to` may have a query."""
    path = Var.create(to).to(str)
    separator = rx.cond(path.contains("?"), "&", "?").to(str)
    kept = rx.Var.create(f"{path}{separator}{routes.FOR_QUERY}={FOR}")
    return ReactRouterLink.create(*children, to=rx.cond(FOR != "", kept, path), **props)


def turn_link(
    *children: rx.Component | Var | str, to: str | Var[str], key: Var[str] | str = "", **props: Any
) -> rx.Component:
    """A client-side link to a page while acting for whom `key` stands for, whoever one acts for now.

    An empty `key` is oneself. `to` has no query.
    """
    path, whom = Var.create(to).to(str), Var.create(key).to(str)
    turned = rx.Var.create(f"{path}?{routes.FOR_QUERY}={whom}")
    return ReactRouterLink.create(*children, to=rx.cond(whom != "", turned, path), **props)


def anchor(*children: rx.Component | Var | str, href: str | Var[str], **props: Any) -> rx.Component:
    """A plain `<a>`: telephone, place on the page, download, plain HTTP route, another site."""
    return PlainAnchor.create(*children, href=href, **props)


class _Form(Element):
    """A form the browser sends itself; Reflex's own swallows what has no handler."""

    tag = "form"
    action: Var[str]
    method: Var[str]


def plain_form(*children: rx.Component | Var | str, action: str, **props: Any) -> rx.Component:
    """A form posted by the browser as a full page load: signing out, extending the session."""
    return _Form.create(*children, action=action, method="post", **props)
