"""Puts the gateways for SMS and e-mail together as the settings say."""

import ssl
from dataclasses import dataclass

import httpx

from digihelse_app.outside.altinn import AltinnMail, AltinnNotifications, AltinnSms
from digihelse_app.outside.mail import Mail, MailboxMail, SmtpMail
from digihelse_app.outside.record_system import Access
from digihelse_app.outside.sms import LinkSms, MailboxSms, Sms, SveveSms
from digihelse_app.settings import Settings


@dataclass(frozen=True)
class Gateways:
    """One way to send each kind."""

    sms: Sms
    mail: Mail


def gateways(settings: Settings, access: Access, client: httpx.AsyncClient) -> Gateways:
    """What `DIGIHELSE_SMS` and `DIGIHELSE_MAIL` name; settings that were checked name one of these."""
    altinn = AltinnNotifications(settings.altinn_url, access, client, settings.altinn_scope)
    return Gateways(_sms(settings, altinn, client), _mail(settings, altinn, client))


def _sms(settings: Settings, altinn: AltinnNotifications, client: httpx.AsyncClient) -> Sms:
    url, user, password = settings.sms_url, settings.sms_user, settings.sms_password
    if settings.sms_gateway == "altinn":
        return AltinnSms(altinn, settings.sms_sender)
    if settings.sms_gateway == "link":
        return LinkSms(
            url,
            client,
            user=user,
            password=password,
            sender=settings.sms_sender,
            platform_id=settings.sms_platform_id,
            partner_id=settings.sms_partner_id,
        )
    if settings.sms_gateway == "sveve":
        return SveveSms(url, client, user=user, password=password, sender=settings.sms_sender)
    return MailboxSms(settings.mailbox_address, client)


def _mail(settings: Settings, altinn: AltinnNotifications, client: httpx.AsyncClient) -> Mail:
    if settings.mail_gateway == "altinn":
        return AltinnMail(altinn)
    if settings.mail_gateway == "smtp":
        return SmtpMail(
            settings.mail_host,
            settings.mail_port,
            sender=settings.mail_from,
            tls=ssl.create_default_context(cafile=settings.mail_ca_file or None),
            implicit_tls=settings.mail_tls == "implicit",
            user=settings.mail_user,
            password=settings.mail_password,
        )
    return MailboxMail(settings.mailbox_address, client)
