"""Choosing how to be told that something has come, and seeing where it goes."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.feedback import alert, card
from digihelse_app.components.designsystemet.forms import choice, fieldset
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, anchor
from digihelse_app.models.codes import NoticeChannel
from digihelse_app.state.language import t
from digihelse_app.state.notices import SITUATIONS, NoticeState


def notice_settings() -> rx.Component:
    """The section on notices; contact details are shown here, and changed in the contact register."""
    chosen = rx.el.div(_choices(), _saved(), _situation(), _contact(), class_name="stack")
    return card(
        heading(t("notices.title"), level=2, size="xs"),
        paragraph(t("notices.about")),
        rx.cond(
            NoticeState.shown_for == FOR,
            chosen,
            paragraph(t("notices.loading"), role="status", class_name="muted"),
        ),
        class_name="stack",
    )


def _choices() -> rx.Component:
    return fieldset(
        _choice(NoticeChannel.SMS),
        _choice(NoticeChannel.EMAIL),
        _choice(NoticeChannel.NONE, description=t("notices.none_help")),
        legend=t("notices.legend"),
    )


def _choice(channel: NoticeChannel, description: Var[str] | None = None) -> rx.Component:
    return choice(
        kind="radio",
        id=f"notice-{channel}",
        name="notice-channel",
        value=channel.value,
        label=t(f"notices.{channel}"),
        description=description,
        checked=NoticeState.channel == channel.value,
        on_change=NoticeState.choose(FOR, channel.value),
    )


def _saved() -> rx.Component:
    """The region is always there, so that what comes into it is announced."""
    sentence = rx.match(
        NoticeState.saved,
        *((channel.value, t(f"notices.saved_{channel}")) for channel in NoticeChannel),
        "",
    )
    shown = rx.el.span(icon("check", small=True), sentence, class_name="row")
    return rx.el.div(rx.cond(NoticeState.saved != "", shown, rx.fragment()), role="status")


def _situation() -> rx.Component:
    sentence = rx.match(NoticeState.situation, *((key, t(f"notices.{key}")) for key in SITUATIONS), "")
    box = alert(paragraph(sentence), color="warning")
    return rx.cond(NoticeState.situation != "", box, rx.fragment())


def _contact() -> rx.Component:
    known = rx.el.dl(
        _point(t("notices.phone"), NoticeState.phone, NoticeState.phone_stale),
        _point(t("notices.address"), NoticeState.email, NoticeState.email_stale),
        class_name="facts",
    )
    change = anchor(t("notices.change"), href=NoticeState.change_at, class_name="ds-link", rel="noreferrer")
    return rx.el.div(
        rx.cond(NoticeState.register_down, rx.fragment(), known),
        rx.el.p(t("notices.source"), " ", change, class_name="muted"),
        class_name="stack s",
    )


def _point(name: Var[str], value: Var[str], stale: Var[bool]) -> rx.Component:
    shown = rx.cond(value != "", value, t("notices.not_registered"))
    return rx.el.div(
        rx.el.dt(name),
        rx.el.dd(shown, rx.cond(stale, rx.el.p(t("notices.stale"), class_name="muted"), rx.fragment())),
    )
