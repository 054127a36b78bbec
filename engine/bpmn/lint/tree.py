"""A BPMN file as an indexed tree: who contains, names, refers to and flows into whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lxml import etree

from engine.bpmn.lint import words

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PICTURE = "http://www.omg.org/spec/BPMN/20100524/DI"
Element = etree._Element
# The schema lets these hold any element, even one that would mean something elsewhere.
ANYTHING_GOES = ("extensionElements", "documentation", "text", "script")


def tag_of(element: Element) -> str:
    """The local name of a BPMN element, "" for anything else (extensions, pictures)."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith(f"{{{MODEL}}}"):
        return ""
    return tag[len(MODEL) + 2 :]


def id_of(element: Element) -> str:
    return element.get("id") or ""


def text_of(element: Element | None) -> str:
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def line_of(element: Element) -> int | None:
    """The element's line in the file; lxml knows it for whatever it has parsed."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def is_true(element: Element, attribute: str, default: bool = False) -> bool:
    value = element.get(attribute)
    return default if value is None else value.strip() in ("true", "1")


def number_of(element: Element, attribute: str, default: int) -> int | None:
    """An integer attribute; None when it is no integer (the schema says so already)."""
    value = element.get(attribute)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        return None


def children(element: Element, *tags: str) -> list[Element]:
    return [child for child in element if tag_of(child) in tags]


def child(element: Element, tag: str) -> Element | None:
    found = children(element, tag)
    return found[0] if found else None


class Tree:
    """The index of one file; built once, read by every rule."""

    def __init__(self, file: str, root: Element) -> None:
        self.file, self.root = file, root
        own = list(_own_elements(root))
        self.elements = [element for element in own if tag_of(element)]
        self.by_id: dict[str, Element] = {}
        self.by_tag: dict[str, list[Element]] = defaultdict(list)
        for element in own:
            self.by_id.setdefault(id_of(element), element)
        self.by_id.pop("", None)
        for element in self.elements:
            self.by_tag[tag_of(element)].append(element)
        self._into: dict[str, list[Element]] = defaultdict(list)
        self._out_of: dict[str, list[Element]] = defaultdict(list)
        for flow in self.by_tag["sequenceFlow"]:
            self._into[flow.get("targetRef") or ""].append(flow)
            self._out_of[flow.get("sourceRef") or ""].append(flow)

    def all(self, *tags: str) -> Iterator[Element]:
        for tag in tags:
            yield from self.by_tag.get(tag, ())

    def nodes(self) -> Iterator[Element]:
        """Every flow node of the file, in groups of their kind."""
        yield from self.all(*words.FLOW_NODES)

    def scopes(self) -> Iterator[Element]:
        yield from self.all("process", *words.SUBPROCESSES)

    def incoming(self, node: Element) -> list[Element]:
        return self._into.get(id_of(node), []) if id_of(node) else []

    def outgoing(self, node: Element) -> list[Element]:
        return self._out_of.get(id_of(node), []) if id_of(node) else []

    def find(self, reference: str | None, owner: Element | None = None) -> Element | None:
        """What a reference means inside this file; None when it is elsewhere or nowhere."""
        if not reference:
            return None
        reference = reference.strip()
        if reference in self.by_id:
            return self.by_id[reference]
        if self.is_foreign(reference, owner):
            return None
        return self.by_id.get(reference.rpartition(":")[2])

    def is_foreign(self, reference: str, owner: Element | None = None) -> bool:
        """Whether a qualified reference points into another, imported namespace."""
        prefix, colon, _ = reference.strip().partition(":")
        if not colon:
            return False
        spaces = (owner if owner is not None else self.root).nsmap
        return prefix in spaces and spaces[prefix] != self.root.get("targetNamespace")

    def source(self, edge: Element) -> Element | None:
        return self.find(edge.get("sourceRef"), edge)

    def target(self, edge: Element) -> Element | None:
        return self.find(edge.get("targetRef"), edge)

    def definitions(self, event: Element) -> list[Element]:
        """The event's own definitions and those it refers to."""
        own = [part for part in event if tag_of(part) in words.DEFINITIONS]
        shared = (self.find(text_of(part), part) for part in children(event, "eventDefinitionRef"))
        return own + [part for part in shared if part is not None]

    def kinds(self, event: Element) -> list[str]:
        """`message`, `timer`, … for each definition of an event."""
        return [kind_of(definition) for definition in self.definitions(event)]


def kind_of(definition: Element) -> str:
    return tag_of(definition).removesuffix("EventDefinition")


def scope_of(element: Element) -> Element | None:
    """The process, subprocess or choreography that directly contains an element."""
    return _ancestor(element, words.SCOPES)


def process_of(element: Element) -> Element | None:
    return _ancestor(element, ("process",))


def _ancestor(element: Element, tags: Iterable[str]) -> Element | None:
    wanted = frozenset(tags)
    for parent in element.iterancestors():
        if tag_of(parent) in wanted:
            return parent
    return None


def is_event_subprocess(element: Element) -> bool:
    return tag_of(element) in words.SUBPROCESSES and is_true(element, "triggeredByEvent")


def is_inside(element: Element, container: Element) -> bool:
    return any(parent is container for parent in element.iterancestors())


def _own_elements(root: Element) -> Iterator[Element]:
    """All elements outside of extensions and prose: what stands in there is nobody else's."""
    stack = [root]
    while stack:
        element = stack.pop()
        yield element
        if tag_of(element) not in ANYTHING_GOES:
            stack.extend(reversed([part for part in element if isinstance(part.tag, str)]))
