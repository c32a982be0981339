"""The fields of a delegation's terms: what, over which services, from when and until when."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportReturnType=false
# pyright: reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.access.permissions import Permission
from digihelse_app.components.designsystemet.forms import choice, field, fieldset, text_input
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.state import terms_form
from digihelse_app.state.giving import GivingState, ServiceChoice
from digihelse_app.state.language import t
from digihelse_app.state.terms_form import ALL, CHOSEN, EACH, SAME_FOR_ALL

GIVEN = (
    Permission.SEE_VISITS,
    Permission.CANCEL_VISITS,
    Permission.READ_MESSAGES,
    Permission.WRITE_MESSAGES,
    Permission.GET_NOTICES,
)
"""What can be given away, in the order in which a form asks."""


def permissions(
    *, legend: Var[str], error: Var[str], id: str, begins: dict[Permission, Var[bool]]
) -> rx.Component:
    """A box for each thing that may be done; `begins` are those ticked from the start."""
    return fieldset(
        *(_permission(each, begins.get(each)) for each in GIVEN), legend=legend, error=error, id=id
    )


def _permission(permission: Permission, begins: Var[bool] | None) -> rx.Component:
    return choice(
        kind="checkbox",
        id=f"may-{permission.value}",
        name=permission.value,
        value="yes",
        label=t(f"giving.{permission.value}"),
        description=t(f"giving.{permission.value}_help"),
        **({} if begins is None else {"default_checked": begins}),
    )


def services() -> rx.Component:
    """All services, those ticked, or some for each thing; only for one who has several to choose among."""
    began = GivingState.began.which
    asked = fieldset(
        _radio("which", ALL, t("giving.services_all"), began == ALL, t("giving.services_all_help")),
        _radio("which", CHOSEN, t("giving.services_chosen"), began == CHOSEN),
        rx.el.div(_service_boxes(SAME_FOR_ALL), class_name="revealed alike stack s"),
        _radio("which", EACH, t("giving.services_each"), began == EACH, t("giving.services_each_help")),
        rx.el.div(*map(_services_for, GIVEN), class_name="revealed apart stack"),
        legend=t("giving.services"),
        error=GivingState.services_error,
        id="services",
    )
    several = (GivingState.services.length() > 1) | (began != ALL)
    return rx.cond(several, rx.el.div(asked, class_name="reveals"), rx.fragment())


def _services_for(permission: Permission) -> rx.Component:
    """In sight while the permission is ticked."""
    every = _service_box(
        permission.value, EVERY_SERVICE, t("giving.services_all"), _is_chosen(permission.value, EVERY_SERVICE)
    )
    asked = fieldset(every, _service_boxes(permission.value), legend=t(f"giving.{permission.value}"))
    return rx.el.div(asked, class_name=f"for-{permission.value}")


def _service_boxes(what: str) -> rx.Component:
    def box(row: Var[ServiceChoice]) -> rx.Component:
        return _service_box(what, row.id, row.name, _is_chosen(what, row.id))

    return rx.foreach(GivingState.services, box)


def _service_box(what: str, service: str | Var[str], label: Var[str], checked: Var[bool]) -> rx.Component:
    name = terms_form.service_field(what) + service
    return choice(kind="checkbox", id=name, name=name, value="yes", label=label, default_checked=checked)


def _is_chosen(what: str, service: str | Var[str]) -> Var[bool]:
    return GivingState.began.boxes.contains(terms_form.service_field(what) + service)


def begins() -> rx.Component:
    """At once, or from a day on; and whether what is older is shown."""
    later = GivingState.began.valid_from != ""
    asked = fieldset(
        _radio("begins", "now", t("giving.begins_now"), ~later),
        _radio("begins", "day", t("giving.begins_day"), later),
        _day("valid_from", t("giving.first_day"), GivingState.valid_from_error, GivingState.began.valid_from),
        legend=t("giving.begins"),
    )
    return rx.el.div(asked, class_name="reveals")


def ends() -> rx.Component:
    """Until it is withdrawn, or until a day."""
    ending = GivingState.began.valid_until != ""
    asked = fieldset(
        _radio("ends", "never", t("giving.ends_never"), ~ending),
        _radio("ends", "day", t("giving.ends_day"), ending),
        _day(
            "valid_until", t("giving.last_day"), GivingState.valid_until_error, GivingState.began.valid_until
        ),
        legend=t("giving.ends"),
    )
    return rx.el.div(asked, class_name="reveals")


def history() -> rx.Component:
    """Whether what was before is shown."""
    return fieldset(
        choice(
            kind="checkbox",
            id="history-only_new",
            name="only_new",
            value="yes",
            label=t("giving.only_new"),
            description=t("giving.only_new_help"),
            default_checked=GivingState.began.only_new,
        ),
        legend=t("giving.history"),
    )


def _radio(
    name: str, value: str, label: Var[str], checked: Var[bool], description: Var[str] | None = None
) -> rx.Component:
    return choice(
        kind="radio",
        id=f"{name}-{value}",
        name=name,
        value=value,
        label=label,
        description=description,
        default_checked=checked,
    )


def _day(id: str, label: Var[str], error: Var[str], begins: Var[str]) -> rx.Component:
    return rx.el.div(
        field(
            text_input(id, type="date", error=error, default_value=begins, class_name="short"),
            id=id,
            label=label,
            error=error,
        ),
        class_name="revealed",
    )
