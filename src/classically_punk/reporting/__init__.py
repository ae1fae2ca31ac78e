"""From judgement to what a person looks at: figures, and tables on a terminal. Nothing is computed here."""
