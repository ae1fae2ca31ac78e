"""The service over HTTP: an optional extra, `pip install "classically-punk[serve]"`."""
