"""Bytes to samples: decoding, canonical clips, clip quality, fingerprints. It imports nothing of ours but foundation."""
