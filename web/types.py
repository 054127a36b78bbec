"""Names for the types that views share."""

from flask import Response as FlaskResponse
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

Answer = ResponseReturnValue
__all__ = ["Answer", "FlaskResponse", "Response"]
