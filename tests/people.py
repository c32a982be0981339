"""The synthetic people by name, for tests: the same that the stand-ins know."""

from digihelse_app.standins.people import BY_KEY

KARI = BY_KEY["kari"]
INGRID = BY_KEY["ingrid"]
JONAS = BY_KEY["jonas"]
OLA = BY_KEY["ola"]
PER = BY_KEY["per"]
ERIK = BY_KEY["erik"]
MINA = BY_KEY["mina"]
NILS = BY_KEY["nils"]
ASTRID = BY_KEY["astrid"]
LIV = BY_KEY["liv"]
