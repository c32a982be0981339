"""Says when there is no connection, without a toast and without taking the focus."""

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var
from reflex_components_core.core.banner import has_connection_errors

from digihelse_app.components.icons import icon
from digihelse_app.state.language import t

IS_OFFLINE: Var[bool] = Var(
    "dhOffline",
    _var_type=bool,
    _var_data=VarData(
        hooks={
            "const dhOffline = useSyncExternalStore((tell) => { addEventListener('online', tell);"
            " addEventListener('offline', tell); return () => { removeEventListener('online', tell);"
            " removeEventListener('offline', tell); }; }, () => !navigator.onLine, () => false);": None
        },
        imports={"react": [ImportVar(tag="useSyncExternalStore")]},
    ),
).to(bool)
"""Whether the browser itself knows that there is no network; the socket notices much later."""


def connection_banner() -> rx.Component:
    """A status region that is empty while all is well.

    A fragment at the root, since app wraps put the page inside what they are given.
    """
    message = rx.el.p(
        icon("offline"), rx.el.span(t("offline.banner")), class_name="promise box", key="connection-lost"
    )
    return rx.fragment(
        rx.el.div(
            rx.cond(IS_OFFLINE | has_connection_errors, message, rx.fragment()),
            role="status",
            class_name="connection",
        )
    )
