"""What errors cost, when to abstain, and on whom the errors fall."""
