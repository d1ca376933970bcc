"""A note as one line of a list."""


def line(note):
    mark = "! " if note.priority == "high" else ""
    return mark + " ".join([note.title, *(f"#{tag}" for tag in note.labels)])
