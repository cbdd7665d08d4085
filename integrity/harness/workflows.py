"""CI configuration in YAML: GitHub's workflows and actions, GitLab, Azure, CircleCI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from integrity.harness.documents import Node, compose
from integrity.harness.scripts import Collected
from integrity.harness.shell import Options, ShellCommand
from integrity.model import Span

_NEVER = re.compile(r"\s*(?:\$\{\{)?\s*(?:false|always\(\)\s*&&\s*false)\s*(?:\}\})?\s*", re.IGNORECASE)
_POSIX = re.compile(r"(?:/\S*/)?(?:ba|da|z)?sh\b")
_STRICT = Options(errexit=True, pipefail=True)
_VARIABLE = re.compile(r"PYTEST_ADDOPTS|PYTHONOPTIMIZE|INLINE_SNAPSHOT|UPDATE_SNAPSHOTS?|SNAPSHOT_UPDATE")


class _Around(NamedTuple):
    """What holds for the steps of a job.

    Attributes:
        where: the job.
        names: of the file and the job.
        shell: what runs its scripts.
        lost: how its failure as a whole is lost, "" when it is not.
        environment: variables that are set.
    """

    where: str
    names: tuple[str, ...] = ()
    shell: str = ""
    lost: str = ""
    environment: tuple[str, ...] = ()


def github(text: str, found: Collected) -> None:
    """Read a workflow.

    Raises:
        HarnessFileError: it is not YAML.
    """
    root = compose(text)
    shell = root["defaults"]["run"]["shell"].text
    everywhere = _environment(root["env"], found)
    for name, job in root["jobs"].items():
        names = (root["name"].text, name, job["name"].text)
        around = _Around(
            name,
            names,
            job["defaults"]["run"]["shell"].text or shell or ("pwsh" if _on_windows(job) else ""),
            _lost(job, "job"),
            (*everywhere, *_environment(job["env"], found)),
        )
        commands = len(found.commands)
        _steps(job["steps"], around, found, text)
        if len(found.commands) > commands:
            _circumstances(name, job, found)
    if found.commands:
        _triggers(root["on"], found)


def _circumstances(name: str, job: Node, found: Collected) -> None:
    """What a job that runs tests is repeated on, and under which conditions it and its steps run."""
    for key, values in job["strategy"]["matrix"].items():
        kind = "matrix-exclude" if key == "exclude" else "matrix"
        for one in values.elements() if key != "include" else ():
            shown = one.text or " ".join(f"{part}={value.text}" for part, value in one.items())
            found.add(kind, [(f"{name}: {key}={shown}", one.located.span)])
    steps = [one for one in job["steps"].elements() if one["run"]]
    for one in (job, *steps):
        if one["if"].text:
            found.add("if", [(f"{name}: {one['if'].text}", one["if"].located.span)])


def _triggers(on: Node, found: Collected) -> None:
    """The events on which the tests run, and the paths to which that is limited."""
    events = on.items() if on.kind == "mapping" else [(one.text, one) for one in on.elements()]
    for event, value in events:
        found.add("on", [(event, value.located.span if value else Span(1))])
        for key in ("paths", "paths-ignore"):
            for one in value[key].elements() if value.kind == "mapping" else ():
                found.add("on.paths", [(f"{event}: {key} {one.text}", one.located.span)])


def action(text: str, found: Collected) -> None:
    """Read a composite action, otherwise as `github`."""
    root = compose(text)
    _steps(root["runs"]["steps"], _Around("", (root["name"].text,)), found, text)


def _on_windows(job: Node) -> bool:
    machines = [one.text for one in job["runs-on"].elements()]
    return bool(machines) and all(one.startswith("windows") for one in machines)


def _steps(steps: Node, around: _Around, found: Collected, text: str) -> None:
    for step in steps.elements():
        shell = step["shell"].text or around.shell
        if not step["run"] or (shell and not _POSIX.match(shell)):
            continue
        lost = _lost(step, "step")
        if lost.startswith("continue") and _is_read(step["id"].text, text):
            lost = ""
        add_run(
            found,
            step["run"],
            Options(errexit=not shell or "-" in shell or shell in ("bash", "sh"), pipefail="bash" in shell),
            around._replace(
                names=(*around.names, step["name"].text),
                lost=around.lost or lost,
                environment=(*around.environment, *_environment(step["env"], found)),
            ),
        )


def _lost(node: Node, what: str) -> str:
    """How a failure of a job or a step is lost, "" when it is not."""
    if node["continue-on-error"].true:
        return f"continue-on-error: true of its {what}"
    condition = node["if"]
    if condition and _NEVER.fullmatch(condition.text):
        return f"if: false of its {what}, so that it never runs"
    return ""


def _is_read(identity: str, text: str) -> bool:
    """Whether something asks what became of a step."""
    return bool(identity) and bool(re.search(rf"steps\.{re.escape(identity)}\.(?:outcome|conclusion)", text))


def _environment(node: Node, found: Collected) -> tuple[str, ...]:
    """The variables of a mapping; those that concern the tests are noted as settings."""
    pairs = [(f"{name}={value.text}", value, name) for name, value in node.items()]
    for pair, value, name in pairs:
        if _VARIABLE.fullmatch(name):
            found.add("env", [(pair, value.located.span)])
    return tuple(pair for pair, _, name in pairs if _VARIABLE.fullmatch(name))


def add_run(found: Collected, node: Node, options: Options, around: _Around) -> None:
    """Read a script that stands in a scalar."""

    def place(one: ShellCommand) -> Span:
        line = node.line_of(one.line)
        return Span(line, node.column_of(line), line)

    found.add_script(
        node.text,
        options,
        place,
        where=around.where,
        lost=around.lost,
        names=around.names,
        environment=around.environment,
    )


def gitlab(text: str, found: Collected) -> None:
    """Read a pipeline of GitLab, whose scripts stop at the first failure; otherwise as `github`."""
    for name, job in compose(text).items():
        lost = "allow_failure: true of its job" if job["allow_failure"].true else ""
        around = _Around(name, (name, job["stage"].text), "", lost, _environment(job["variables"], found))
        for line in job["script"].elements():
            for part in line.elements():
                add_run(found, part, _STRICT, around)


def azure(text: str, found: Collected) -> None:
    """Read a pipeline of Azure, whose scripts go on behind a failure; otherwise as `github`."""
    for step, names in _azure_steps(compose(text), (), 0):
        script = step["script"] or step["bash"]
        lost = "continueOnError: true of its step" if step["continueOnError"].true else ""
        name = step["displayName"].text
        if script:
            add_run(found, script, Options(known=False), _Around(name, (*names, name), "", lost))


def _azure_steps(node: Node, names: tuple[str, ...], depth: int) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every step of stages, jobs and templates, with the names around it."""
    if depth > len(("stages", "jobs", "steps")) * 4:
        return
    own = tuple(node[key].text for key in ("stage", "job", "displayName") if node[key])
    for key in ("stages", "jobs", "steps", "strategy", "runOnce", "deploy"):
        for one in node[key].elements():
            if key == "steps":
                yield one, (*names, *own)
            yield from _azure_steps(one, (*names, *own), depth + 1)


def circle(text: str, found: Collected) -> None:
    """Read a configuration of CircleCI, whose scripts stop at the first failure; otherwise as `github`."""
    root = compose(text)
    for group in ("jobs", "commands"):
        for name, job in root[group].items():
            for step in job["steps"].elements():
                run = step["run"]
                script = run["command"] if run.kind == "mapping" else run
                if script:
                    add_run(found, script, _STRICT, _Around(name, (name, run["name"].text)))


def pre_commit(text: str, found: Collected) -> None:
    """Read the local hooks of pre-commit that run tests; otherwise as `github`."""
    for repository in compose(text)["repos"].elements():
        for hook in repository["hooks"].elements():
            entry = hook["entry"]
            if repository["repo"].text == "local" and entry:
                arguments = " ".join(one.text for one in hook["args"].elements())
                around = _Around(hook["id"].text, (hook["id"].text,))
                found.add_script(
                    f"{entry.text} {arguments}",
                    _STRICT,
                    partial(_at, entry.located.span),
                    where=around.where,
                    names=around.names,
                )


def _at(span: Span, _one: ShellCommand) -> Span:
    return span
