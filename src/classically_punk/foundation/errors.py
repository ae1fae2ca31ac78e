"""The one exception whose message is written for the user."""


class PunkError(Exception):
    """Something the user can mend.

    The message names the file or value, what was expected, and what to do. Command lines print it without a
    traceback and exit with status 1; every other exception is a fault of ours and keeps its traceback.
    """
