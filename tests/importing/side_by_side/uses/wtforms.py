"""Validates a form and renders a field, in another language too."""

from wtforms import Form, IntegerField, StringField, validators


class NoteForm(Form):
    title = StringField("Title", [validators.DataRequired()])
    stars = IntegerField("Stars", [validators.NumberRange(0, 5)])


class Data(dict):
    def getlist(self, name: str) -> list[str]:
        return self[name]


def use() -> object:
    form = NoteForm(Data(title=["<a>"], stars=["9"]), meta={"locales": ["de"]})
    assert not form.validate()
    assert form.stars.errors == ["Zahl muss zwischen 0 und 5 liegen."], form.stars.errors
    assert 'value="&lt;a&gt;"' in form.title()
    return form
