"""A language model by its name in the settings: asked, streamed, and rested after failures."""
