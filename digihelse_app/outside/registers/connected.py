"""Puts the registers together as the settings say."""

from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.registers.answers import Registers
from digihelse_app.outside.registers.contact_register import ContactRegister, WithContactRegister
from digihelse_app.outside.registers.persontjenesten import Persontjenesten
from digihelse_app.settings import Settings


def registers(settings: Settings, tokens: MachineTokens) -> Registers:
    """NHN Persontjenesten, and KRR for contact details when it has an address of its own."""
    people = Persontjenesten(settings.registers_address, tokens, settings.registers_scope)
    if not settings.contact_register_url:
        return people
    contacts = ContactRegister(settings.contact_register_url, tokens, settings.contact_register_scope)
    return WithContactRegister(people, contacts)
