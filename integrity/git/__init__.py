"""The one door to git: `repository` asks it, `objects` reads blobs in bulk, `environment` tames hostile settings."""
