"""The employees who visit. Their first names go out; whether the citizen sees them, the service decides."""

from dataclasses import dataclass

ROLES = ("Sykepleier", "Helsefagarbeider", "Hjemmehjelp")


@dataclass(frozen=True)
class Carer:
    """One of them, with the number the house knows them by."""

    number: str
    name: str
    role: str

    @property
    def first_name(self) -> str:
        """What is told outside the house."""
        return self.name.partition(" ")[0]


CARERS = (
    Carer("1001", "Anne Fossum", "Sykepleier"),
    Carer("1002", "Bjørn Eggen", "Helsefagarbeider"),
    Carer("1003", "Tove Kvam", "Helsefagarbeider"),
    Carer("1004", "Geir Mo", "Hjemmehjelp"),
)

BY_NUMBER = {carer.number: carer for carer in CARERS}
