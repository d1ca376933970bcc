"""Finding notes; those of high priority come first."""


def get(tables, note_id):
    """The note, or None."""
    return tables["Notes"].get(note_id)


def list_all(tables):
    return sorted(tables["Notes"].list(), key=lambda note: (note.priority != "high", note.title))


def search(tables, words):
    """The notes whose title, text or tags hold every word."""
    wanted = words.lower().split()
    return [note for note in list_all(tables) if all(word in _searched(note) for word in wanted)]


def _searched(note):
    return " ".join([note.title, note.body, *note.labels]).lower()
