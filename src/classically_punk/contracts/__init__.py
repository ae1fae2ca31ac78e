"""What passes between rooms: names, protocols and the shapes of tables. No numerics; any room may import it."""
