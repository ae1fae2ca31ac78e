"""Names from tables and from git, as a page writes them: nothing in them is markup, a mention or a moved cursor."""

from classically_punk.foundation.errors import shortened

LONGEST = 60


def code(name: object, most: int = LONGEST) -> str:
    """`name` between backquotes, on one line, and shortened."""
    return f"`{shortened(str(name), most).replace('`', chr(39)).strip() or '(blank)'}`"
