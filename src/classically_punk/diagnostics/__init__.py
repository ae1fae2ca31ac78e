"""What a fit is worth: inference, assumptions, influence and label issues."""
