"""Which keys of which section of params.yaml the sources read, followed through annotations."""

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Union, get_args, get_origin

from classically_punk.foundation import params
from classically_punk.foundation.params import Params, Section

SECTIONS = {
    name: value for name, value in vars(params).items() if isinstance(value, type) and issubclass(value, Section)
}
STAGE_PARAMS = "StageParams"  # of stages.running: each of its properties is one section, `corpus` one corpus


def section_within(annotation: object) -> str | None:
    """The section class that a field holds, alone, or as the elements of a list or mapping, or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation.__name__
    if get_origin(annotation) in (list, dict, Union, types.UnionType):
        return next((name for part in get_args(annotation) if (name := section_within(part))), None)
    return None


FIELDS: Mapping[str, Mapping[str, str | None]] = {
    name: {key: section_within(info.annotation) for key, info in model.model_fields.items()}
    for name, model in SECTIONS.items()
} | {STAGE_PARAMS: {key: section_within(info.annotation) for key, info in Params.model_fields.items()}}


def every_key(model: str = "Params", place: str = "") -> Iterator[tuple[str, str, str]]:
    """(address in params.yaml, section class, key), down to the last section; entries of lists are no keys."""
    for key, inner in FIELDS[model].items():
        if place:
            yield f"{place}{key}", model, key
        if inner and get_origin(SECTIONS[model].model_fields[key].annotation) is not list:
            yield from every_key(inner, f"{place}{key}.")


def keys_read(sources: Iterable[str], definitions: str = "") -> set[tuple[str, str]]:
    """(section class, key) of every attribute that is read of something known to be that section.

    Known are: arguments and attributes annotated with the class, what `self.x` was set to from one, what a function
    of ours returns by its annotation, and what is reached from these, through plain assignments and loops. The same
    attribute of anything else does not count. `definitions` is a source that is learned from, but whose own reads do
    not count either.
    """
    trees = [ast.parse(source) for source in sources]
    known = _Known()
    for _ in range(3):  # an attribute may hold what another module's attribute holds
        for tree in [*trees, ast.parse(definitions)]:
            known.learn(tree)
    for tree in trees:
        _Reader(known, {}).visit(tree)
    return known.read


@dataclass
class _Known:
    """returns: function -> class; attributes: class -> attribute -> class; read: what was found"""

    returns: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (found := self.named(node.returns)):
                self.returns[node.name] = found
            if isinstance(node, ast.ClassDef):
                held = self.attributes.setdefault(node.name, {})
                for inner in ast.walk(node):
                    if isinstance(inner, ast.AnnAssign) and (found := self.named(inner.annotation)):
                        target = inner.target
                        held[target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")] = found
                    if isinstance(inner, ast.FunctionDef):
                        self._learn_from_self(inner, node.name, held)

    def _learn_from_self(self, function: ast.FunctionDef, owner: str, held: dict[str, str]) -> None:
        reader = _Reader(_Known(self.returns, self.attributes), _arguments(self, function, owner))
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and (found := reader.kind(node.value)):
                held.update({t.attr: found for t in node.targets if isinstance(t, ast.Attribute)})

    def named(self, annotation: ast.expr | None) -> str | None:
        """The class that an annotation names: a section, or a class of ours that holds one."""
        if annotation is None:
            return None
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        names = [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)]
        return next((name for name in names if name in FIELDS or name in self.attributes), None)


def _arguments(known: _Known, function: ast.FunctionDef | ast.Lambda, owner: str | None = None) -> dict[str, str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    found = {each.arg: name for each in arguments if (name := known.named(each.annotation))}
    return found | ({arguments[0].arg: owner} if owner and arguments and arguments[0].arg == "self" else {})


class _Reader(ast.NodeVisitor):
    """Walks one scope; `local` maps its names to classes."""

    def __init__(self, known: _Known, local: dict[str, str], owner: str | None = None) -> None:
        self.known, self.local, self.owner = known, local, owner

    def kind(self, node: ast.expr) -> str | None:
        """The class of an expression, where it is known."""
        if isinstance(node, ast.Name):
            return self.local.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.kind(node.value)
            return FIELDS.get(owner or "", {}).get(node.attr) or self.known.attributes.get(owner or "", {}).get(
                node.attr
            )
        if isinstance(node, ast.Subscript | ast.Starred):
            return self.kind(node.value)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("model_copy", "values"):
                return self.kind(node.func.value)
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            return name if name in FIELDS or name in self.known.attributes else self.known.returns.get(name)
        return None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = self.kind(node.value)
        if owner and node.attr in FIELDS.get(owner, {}):
            self.known.read.add((owner, node.attr))
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        inner = _Reader(self.known, dict(self.local), node.name)
        for each in node.body:
            inner.visit(each)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        inner = _Reader(self.known, self.local | _arguments(self.known, node, self.owner))
        for each in [*node.args.defaults, *node.body]:
            inner.visit(each)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)
            self.visit(target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target, node.value)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._bind(node.target, node.iter)
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehend(node, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehend(node, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehend(node, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehend(node, node.key, node.value)

    def _comprehend(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, *made: ast.expr) -> None:
        """The loops first, for what is made uses their names."""
        for each in [*node.generators, *made]:
            self.visit(each)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other)
        elif isinstance(target, ast.Name):
            found = self.kind(value)
            if found:
                self.local[target.id] = found
            else:
                self.local.pop(target.id, None)
