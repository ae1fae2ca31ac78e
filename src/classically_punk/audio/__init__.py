"""Bytes to samples: decoding, canonical clips, quality, fingerprints. It imports nothing of ours but foundation."""
