"""What every room stands on: settings, errors, parallel maps and reproducible writing. It imports nothing of ours."""
