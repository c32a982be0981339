"""Every table, named once, so that the metadata is whole: for migrations and for tests that make a schema."""

from types import ModuleType

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from digihelse_app.models import (
    access_log,
    attachment,
    circle,
    consent,
    conversation,
    draft,
    fhir_resource,
    insight,
    notice,
    organisation,
    outbox,
    person,
    representation,
    search,
    session,
    visit,
)

MODULES: tuple[ModuleType, ...] = (
    access_log,
    attachment,
    circle,
    consent,
    conversation,
    draft,
    fhir_resource,
    insight,
    notice,
    organisation,
    outbox,
    person,
    representation,
    search,
    session,
    visit,
)


def metadata() -> MetaData:
    """The metadata that all tables of the app are in; other programs in the process may have added theirs."""
    return SQLModel.metadata


def table_names() -> frozenset[str]:
    """Names of the app's own tables."""
    models = [value for module in MODULES for value in vars(module).values() if isinstance(value, type)]
    own = [model for model in models if issubclass(model, SQLModel) and hasattr(model, "__table__")]
    return frozenset(str(model.__tablename__) for model in own)
