"""Item definitions: the named types of a model, with their allowed values (DMN 1.5, 7.3.2)."""

from collections.abc import Callable, Mapping

from engine.dmn.source import Element, child, children, content, local, text_of
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import UnaryTests, compile_unary_tests
from engine.feel.values.scope import Scope
from engine.feel.values.types import ANY, NAMED, Type, list_of
from engine.feel.values.values import lift
from engine.ground.text import Text

Report = Callable[[Element, str, str | Text], None]


class ItemTypes:
    """Resolves type references; a type may refer to itself through its components."""

    def __init__(self, definitions: Element, imported: Mapping[str, Type], report: Report) -> None:
        self.known: dict[str, Type] = dict(imported)
        self._elements = {e.get("name", ""): e for e in children(definitions, "itemDefinition")}
        self._imports = {e.get("name", "") for e in children(definitions, "import")}
        self._report = report
        self._open: dict[str, Type] = {}
        for name in self._elements:
            self.named(name)

    def reference(self, element: Element | None, text: str | None = None) -> Type:
        """The type an element refers to by `typeRef`; Any when it refers to none."""
        written = (
            text if text is not None else (element.get("typeRef") if element is not None else "")
        )
        if not written:
            return ANY
        found = self.named(written.strip())
        if found is None and written.partition(".")[0] in self._imports:
            return ANY  # the imported model is not at hand; `load` reads models together
        if found is None:
            if element is not None:
                self._report(element, "dmn-type", written)
            return ANY
        return found

    def named(self, name: str) -> Type | None:
        plain = name.removeprefix("feel:")
        if plain in self.known:
            return self.known[plain]
        if plain in self._elements and plain not in self._open:
            self.known[plain] = self._built(plain, self._elements[plain])
            return self.known[plain]
        if plain in self._open:
            return self._open[plain]
        if ":" in plain:
            return self.named(plain.partition(":")[2])
        return NAMED.get(plain)

    def component_names(self) -> set[str]:
        """All names of components, so that a path may use those that hold a sign."""
        return {
            each.get("name", "")
            for element in self._elements.values()
            for each in element.iter()
            if local(each) == "itemComponent"
        }

    def _built(self, name: str, element: Element) -> Type:
        members: dict[str, Type] = {}
        components = children(element, "itemComponent")
        if components:
            # Given out before its members are known: a component may be of this very type.
            self._open[name] = Type(name, frozenset(("context",)), members=members)
            members.update((c.get("name", ""), self._component(c)) for c in components)
            base = self._open.pop(name)
        else:
            self._open[name] = ANY
            base = self._base(element)
            del self._open[name]
        return self._constrained(name, element, base)

    def _component(self, element: Element) -> Type:
        nested = children(element, "itemComponent")
        if not nested:
            return self._constrained(element.get("name", ""), element, self._base(element))
        members = {each.get("name", ""): self._component(each) for each in nested}
        name = element.get("name", "")
        return self._constrained(
            name, element, Type(name, frozenset(("context",)), members=members)
        )

    def _base(self, element: Element) -> Type:
        function = child(element, "functionItem")
        if function is not None:
            parameters = tuple(self.reference(p) for p in children(function, "parameters"))
            result = self.reference(function, function.get("outputTypeRef", ""))
            return Type("function", frozenset(("function",)), parameters=parameters, result=result)
        written = child(element, "typeRef")
        text = content(written) if written is not None else element.get("typeRef", "")
        return self.reference(element, text)

    def _constrained(self, name: str, element: Element, base: Type) -> Type:
        tests = self._tests(element, child(element, "allowedValues"))
        of_item = _allowing(name, base, tests)
        if element.get("isCollection") == "true":
            listed = list_of(of_item)
            of_item = Type(name, listed.kinds, item=of_item)
        whole = self._tests(element, child(element, "typeConstraint"))
        return _allowing(name, of_item, whole)

    def _tests(self, owner: Element, values: Element | None) -> UnaryTests | None:
        text = text_of(values)
        if not text:
            return None
        try:
            return compile_unary_tests(text)
        except FeelSyntaxError as error:
            self._report(owner, "dmn-feel", error.text)
            return None


def _allowing(name: str, base: Type, tests: UnaryTests | None) -> Type:
    allows = base.allows
    if tests is not None:
        own = tests.passes

        def passes(scope: Scope, value: object) -> bool:
            fits = base.allows is None or base.allows(scope, value)
            return fits and own(scope, lift(value)) is True

        allows = passes
    shown = name if base.members is not None or base.item is not None or tests else base.name
    return Type(
        shown,
        base.kinds,
        base.item,
        base.members,
        base.parameters,
        base.result,
        allows,
        tests.source if tests is not None else base.allowed_text,
    )
