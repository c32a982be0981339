"""Programs that play the outside systems on the real wire; they know the app by that wire alone."""
