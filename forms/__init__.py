"""Forms: form-js files as strict schemas, and answers split into their homes.

Uses `engine.feel` and `engine.ground`; knows no case and no database. Inside are rooms, and imports
only go down them: `showing` (what a page shows), `answers` (checking and splitting), `model` (the
file read), `text` (Thai dates and numbers). `schema.Form` is the face: one file is read once and
serves to draw the page, to check the answers and to send them home. The folders beside the rooms
hold the forms of an application; they are data.
"""

from forms.answers.homes import Answers, merge
from forms.errors import FormError, FormInvalid, FormRejected
from forms.schema import Field, Form, check, compile_form
from forms.showing.view import FormView, Line

__all__ = [
    "Answers",
    "Field",
    "Form",
    "FormError",
    "FormInvalid",
    "FormRejected",
    "FormView",
    "Line",
    "check",
    "compile_form",
    "merge",
]
