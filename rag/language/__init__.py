"""A language model by its name in the settings: asked, listened to, left alone when it fails."""
