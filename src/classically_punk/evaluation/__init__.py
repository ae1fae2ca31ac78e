"""Fits -> judgement: protocols, held-out predictions, scores and their intervals."""
