"""The shapes: form-js files as strict schemas, and answers split into their homes."""

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
