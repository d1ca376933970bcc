"""The page of the Python API: what a host uses, what an author uses, and the records both meet."""

from __future__ import annotations

import ast

from docs._render import source

INTRODUCTION = """\
# Python API

Every name that code outside needs comes from `peers_runtime` itself; a class without an import line is met
as the answer of another one. The errors have [a page of their own](errors.md).
"""
SECTIONS: dict[str, tuple[str, ...]] = {
    "The runtime": (
        "host.runtime:Runtime",
        "host.acts:Acts",
        "host.several:Several",
        "host.contexts:Contexts",
        "host.contexts:Members",
        "host.components:Components",
        "host.contracts:Contracts",
        "dev.watch:Watch",
        "activation.context:DataContext",
        "activation.context:Reference",
        "activation.binding:Binding",
        "activation.routes:Routes",
        "activation.hooks:Hooks",
        "contributions.tools:Tools",
        "contributions.tools:BoundTool",
        "contributions.tables:Tables",
        "contributions.tables:BoundTable",
        "contributions.observables:Observables",
        "contributions.observables:BoundObservable",
        "contributions.events:Events",
        "contributions.events:BoundEvent",
        "contracts.proxy:ContractProxy",
        "contracts.proxy:ToolProxy",
        "contracts.proxy:TableProxy",
        "contracts.proxy:ObservableProxy",
        "contracts.proxy:EventProxy",
        "contributions.variables:Variables",
        "contributions.variables:BoundVariable",
        "contributions.workflows:Workflows",
        "contributions.workflows:BoundWorkflow",
        "contributions.runs:Run",
        "contributions.assistants:Assistants",
        "contributions.assistants:BoundAssistant",
        "contributions.table_changes:RowChange",
    ),
    "For authors' tests": (
        "testing.packages:Packages",
        "testing.packages:Package",
        "model.projects:Checked",
        "model.projects:Problem",
    ),
    "For package authors": (
        "authoring.package:define_package",
        "authoring.package:PackageBuilder",
        "authoring.contracts:ContractBuilder",
        "model.contributions:AppNav",
        "model.contributions:Route",
        "model.contributions:UI",
        "authoring.tools:tool",
        "authoring.tools:Tool",
        "authoring.tables:Table",
        "authoring.observables:Observable",
        "authoring.events:Event",
        "authoring.variables:Variable",
        "authoring.workflows:Workflow",
        "authoring.workflows:Step",
        "authoring.workflows:Ref",
        "authoring.contracts:ContractTool",
        "authoring.workflows:Assistant",
        "model.assistants:AssistantRequest",
        "model.assistants:AssistantTool",
        "model.assistants:AssistantAnswer",
        "contributions.tool_context:ToolContext",
        "contributions.tool_context:UIContext",
        "contributions.components:Components",
        "contributions.components:Component",
    ),
    "For web hosts": (
        "web.console:app",
        "web.console:Console",
        "web.entering:middleware",
    ),
    "Answers": (
        "contributions.app_navs:App",
        "contributions.uis:LoadedUI",
        "contributions.uis:Rendered",
        "contributions.uis:ErrorCard",
        "rules.routes:Match",
        "rules.routes:Considered",
        "rules.resolution:Resolution",
        "operations.inspect:Told",
        "model.contracts:Contract",
        "model.decision:Decision",
        "model.decision:Effect",
        "model.variables:VariableState",
        "model.workflows:RunState",
        "model.workflows:StepState",
        "model.workflows:Fault",
        "model.packed:Packed",
        "model.packed:Draft",
        "model.packed:Report",
        "model.packed:Wheel",
        "model.components:ComponentState",
        "model.components:ComponentStatus",
        "model.components:Publication",
        "model.components:Restored",
        "model.dependencies:Dependencies",
        "model.dependencies:Use",
        "model.resolved:Resolved",
        "model.generated:Generated",
        "model.generated:GeneratedFile",
        "model.differences:Diff",
        "model.differences:Compared",
        "model.differences:Change",
        "model.differences:Suggestion",
        "model.differences:Bump",
        "projects.distributions:AvailableDistribution",
    ),
    "Records": (
        "model.catalog:Context",
        "model.catalog:Role",
        "model.catalog:Package",
        "model.catalog:PackageVersion",
        "model.catalog:VersionTag",
        "model.catalog:HistoryEntry",
        "model.catalog:FollowRange",
        "model.catalog:Member",
        "model.catalog:DevicePrefs",
        "model.manifest:Manifest",
        "model.manifest:PrivateEntry",
        "model.manifest:Compiled",
        "model.manifest:CompiledComponent",
        "model.diagnostic:Diagnostic",
        "model.reload:Reload",
        "model.reload:Outcome",
        "model.reload:Took",
        "model.reload:FileChange",
        "model.reload:Fault",
        "model.reload:Phase",
    ),
}


def page() -> str:
    parts = [INTRODUCTION]
    public = _public_names()
    for title, references in SECTIONS.items():
        parts.append(f"## {title}\n")
        for reference in references:
            place, name = reference.split(":")
            module = source.module(f"peers_runtime.{place}")
            node = module.find(name)
            code = f"from peers_runtime import {name}" if name in public else ""
            if place.startswith("web.") and isinstance(node, ast.FunctionDef):
                code = f"from peers_runtime.web import {name}"
            if isinstance(node, ast.ClassDef):
                parts += _class(module, node, code)
            else:
                parts.append(_entry("###", name, f"{code}\n\n{module.signature(node)}", node))
    return "\n".join(parts)


def _class(module: source.Module, node: ast.ClassDef, code: str) -> list[str]:
    fields = "\n".join(module.fields(node))
    parts = [_entry("###", node.name, "\n\n".join(filter(None, (code, fields))), node)]
    for method in source.methods(node):
        owner = node.name if source.is_classmethod(method) else _SPOKEN.get(node.name, node.name)
        parts.append(_entry("####", f"{node.name}.{method.name}", module.signature(method, owner), method))
    return parts


def _entry(level: str, title: str, code: str, node: ast.ClassDef | source.Function) -> str:
    block = f"```text\n{code}\n```" if code else ""
    return "\n\n".join(filter(None, (f"{level} {title}", block, source.explanation(node)))) + "\n"


def _public_names() -> set[str]:
    for node in source.module("peers_runtime").tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    raise LookupError("peers_runtime has no __all__")


_SPOKEN = {  # what the documentation calls an instance
    "Components": "runtime.components",
    "Contexts": "runtime.contexts",
    "Acts": "runtime",
    "Several": "runtime",
    "DataContext": "ctx",
    "Hooks": "ctx.hook",
    "Members": "runtime.members",
    "Routes": "ctx.routes",
    "Runtime": "runtime",
    "Tables": "ctx.tables",
    "Variables": "ctx.variables",
    "Tools": "ctx.tools",
}
