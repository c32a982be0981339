"""Why a file is not taken."""


class FileRefusedError(Exception):
    """The file may not be kept; `key` is the text that tells the person why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
