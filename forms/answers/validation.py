"""Whether one answer is good enough: required, its limits, its options, its rule."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from engine.ground.text import Text
from forms.model.component import (
    BRANCHES,
    CHOICES,
    MULTIPLE_CHOICES,
    SINGLE_CHOICES,
    TEXTS,
    Component,
    Option,
    level,
    plain_token,
    token_of,
)
from forms.model.slots import Scope, Slot
from forms.text import wording

# A pattern of a deployed form may backtrack without end on a crafted answer.
PATTERN_SECONDS = 0.2


def is_empty(component: Component, value: Any) -> bool:
    """Whether nothing was answered: "no" is an answer to a question, but not a tick in a box."""
    return value is None or value in ("", [], {}) or (component.type == "checkbox" and not value)


def options_of(component: Component, scope: Scope) -> tuple[Option, ...]:
    """The options to choose from: listed in the form, or the case's own at this moment."""
    if not component.choices.source.is_set:
        return component.choices.listed
    found = component.choices.source.value(scope)
    items = found if isinstance(found, list) else []
    # One without any letter looks like no answer when it comes back, so it is not offered.
    return tuple(option for item in items if (option := _option(item)) and option.token.strip())


def _option(item: Any) -> Option | None:
    if not isinstance(item, dict):
        return None if isinstance(item, list) or item is None else _plain_option(item)
    value = item.get("value")
    if value is None or isinstance(value, list | dict):
        return None
    thai = str(item.get("label") or value)
    hint = str(item.get("hint") or "")
    return Option(
        value,
        Text(thai, str(item.get("label_en") or thai)),
        Text(hint, str(item.get("hint_en") or hint)) if hint else None,
    )


def _plain_option(value: Any) -> Option:
    return Option(value, Text(token_of(value), token_of(value)))


def chosen(component: Component, value: Any, scope: Scope) -> Any:
    """The value as the option has it: a choice posted by a page arrives as text."""
    if value is None:
        return None
    options = options_of(component, scope)
    exact = {option.token: option.value for option in options}
    plain = {plain_token(option.value): option.value for option in options}

    def of_option(item: Any) -> Any:
        return exact.get(token_of(item), plain.get(plain_token(item), item))

    if component.type in MULTIPLE_CHOICES:
        found = [of_option(item) for item in value]
        return [item for n, item in enumerate(found) if item not in found[:n]]
    return of_option(value)


def faults(component: Component, value: Any, scope: Scope) -> list[Text]:
    """What is wrong with an answer; a row-list is checked by its length, its rows apart."""
    if is_empty(component, value) and component.type != "dynamiclist":
        return [_missing(component)] if component.required.is_true(scope) else []
    found = _measure(component, value, scope)
    if not found and not is_empty(component, value) and component.rule.holds.is_set:
        holds = component.rule.holds.is_true(scope)
        found = [] if holds else [component.rule.message or wording.RULE_BROKEN]
    return found


def _missing(component: Component) -> Text:
    by_type = {
        "checkbox": wording.TICK,
        "filepicker": wording.ATTACH,
        **dict.fromkeys(SINGLE_CHOICES, wording.CHOOSE),
        **dict.fromkeys(MULTIPLE_CHOICES, wording.CHOOSE_SOME),
    }
    return by_type.get(component.type, wording.REQUIRED)


def _measure(component: Component, value: Any, scope: Scope) -> list[Text]:
    if component.type in TEXTS:
        return _text_faults(component, value, scope)
    if component.type == "number":
        return _number_faults(component, value, scope)
    if component.type in CHOICES:
        return _choice_faults(component, value, scope)
    if component.type == "filepicker":
        return _too_many(component, value, scope, wording.TOO_MANY_FILES)
    if component.type == "dynamiclist":
        return _row_faults(component, value, scope)
    return []


def _bound(slot: Slot, scope: Scope) -> Decimal | None:
    value = slot.value(scope)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _text_faults(component: Component, value: Any, scope: Scope) -> list[Text]:
    limits = component.limits
    shortest, longest = _bound(limits.minimum, scope), _bound(limits.maximum, scope)
    found: list[Text] = []
    if shortest is not None and len(value) < shortest:
        found.append(wording.TOO_SHORT.format(limit=f"{shortest:,f}"))
    if longest is not None and len(value) > longest:
        length = f"{len(value):,}"
        found.append(wording.TOO_LONG.format(limit=f"{longest:,f}", length=length))
    if not found and not _fits_pattern(component, value):
        found.append(limits.pattern_message or wording.BAD_PATTERN)
    return found


def _fits_pattern(component: Component, value: str) -> bool:
    pattern = component.limits.pattern
    if pattern is None:
        return True
    try:
        return pattern.search(value, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def _number_faults(component: Component, value: Any, scope: Scope) -> list[Text]:
    limits, number = component.limits, Decimal(value)
    least, most = _bound(limits.minimum, scope), _bound(limits.maximum, scope)
    if least is not None and number < least:
        return [wording.AT_LEAST.format(limit=f"{least:,f}")]
    if most is not None and number > most:
        return [wording.AT_MOST.format(limit=f"{most:,f}")]
    exponent = number.as_tuple().exponent
    if limits.decimals is not None and isinstance(exponent, int) and -exponent > limits.decimals:
        return [wording.TOO_MANY_DECIMALS.format(limit=limits.decimals)]
    if limits.step and not _is_step(number - (least or 0), limits.step):
        return [wording.NOT_A_STEP.format(step=f"{limits.step:f}")]
    return []


def _is_step(distance: Decimal, step: Decimal) -> bool:
    with localcontext(prec=80):  # the remainder of a long number by a small step needs its digits
        return distance % step == 0


def _choice_faults(component: Component, value: Any, scope: Scope) -> list[Text]:
    known = {option.token for option in options_of(component, scope)}
    given: Sequence[Any] = value if component.type in MULTIPLE_CHOICES else [value]
    return [] if all(token_of(item) in known for item in given) else [wording.NOT_AN_OPTION]


def _row_faults(component: Component, rows: list[Any], scope: Scope) -> list[Text]:
    """At least so many rows must say something; at most so many may stand there."""
    least = _bound(component.limits.minimum, scope)
    places = ((row, scope.within(row, index=index)) for index, row in enumerate(rows))
    if least is not None and least > sum(
        _is_filled(component.children, row, inner) for row, inner in places
    ):
        return [wording.TOO_FEW_ROWS.format(limit=f"{least:f}")]
    return _too_many(component, rows, scope, wording.TOO_MANY_ROWS)


def _is_filled(components: tuple[Component, ...], row: Mapping[str, Any], scope: Scope) -> bool:
    """Whether a person has answered anything; what the form computes is no answer."""
    for component in level(components):
        value = row.get(component.key)
        if component.type in BRANCHES and component.key:
            parts = value if isinstance(value, list) else [value or {}]
            if any(_is_filled(component.children, part, scope.within(part)) for part in parts):
                return True
        elif component.is_leaf and not is_empty(component, value):
            fixed = component.disabled or component.readonly.is_true(scope)
            if not fixed:
                return True
    return False


def _too_many(component: Component, value: Any, scope: Scope, text: Text) -> list[Text]:
    most = _bound(component.limits.maximum, scope)
    return [text.format(limit=f"{most:f}")] if most is not None and len(value) > most else []
