"""The stand-ins and the story, beside the composition root: all that knows both the app and the stand-ins."""
