"""People: those who sign in and those whose data it is."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from digihelse_app.models.database import new_id


class Person(SQLModel, table=True):
    """One person, known by a random id everywhere but in this row.

    The identity number is stored once, encrypted, beside a keyed index to find it by (`models.vault`);
    name, birth date and protection come from the population register, never from the number.
    `self_inactive_at`: since when she does not use Digihelse herself, while those she has given it to may.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    national_id_cipher: bytes
    national_id_index: str = Field(unique=True, max_length=64)
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    address_protected: bool = False
    deceased: bool = False
    register_read_at: datetime | None = None
    self_inactive_at: datetime | None = None
    language: str = Field(default="nb", max_length=2)
    created_at: datetime

    @property
    def name(self) -> str:
        """Given and family name, as the register has them."""
        return f"{self.given_name} {self.family_name}".strip()
