"""Is what comes in still the music that the model was trained on? A batch of clips against a bundle's training."""
