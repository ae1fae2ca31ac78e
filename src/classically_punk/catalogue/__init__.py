"""What every column is: an entry for each feature, and the named sets. No numerics: functions are named only."""
