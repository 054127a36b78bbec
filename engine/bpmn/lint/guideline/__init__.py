"""What a published complaint guideline must hold, for processes that ask for it.

A process asks with the property `ruleset: complaint-guideline`. The assessors look for how to
complain, the steps, who is responsible and by when; the law adds reasons and the right to review.
"""

from engine.bpmn.lint.guideline import endings, separation, told
from engine.bpmn.lint.registry import Family

FAMILIES: list[Family] = [told.FAMILY, endings.FAMILY, separation.FAMILY]
