"""Make the folder Reflex builds in. Run by `tools.prebuild` in its environment.

`reflex export` would do it by `reflex init`, which also fetches bun and edits files of the repository.
"""

from reflex.utils.frontend_skeleton import initialize_web_directory
from reflex_base.environment import environment

if __name__ == "__main__":
    environment.REFLEX_DIR.get().mkdir(parents=True, exist_ok=True)
    initialize_web_directory()
