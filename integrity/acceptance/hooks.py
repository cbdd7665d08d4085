"""What limits the places in hooks and in CI that run this program, read from their YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.harness.documents import Node, compose
from integrity.harness.located import HarnessFileError

_RUNS = re.compile(r"\bintegrity\s+(?:scan|diff|score|lock|baseline|hook)\b")
_ID = re.compile(r"integrity(?:-[a-z-]+)?")
_LIMITS = ("stages", "exclude", "files", "types", "types_or")
_YAML = (".yml", ".yaml")


def limits(path: str, text: str) -> dict[str, int]:
    """What keeps this program from running, or its failure from counting, in words, each with its line.

    Nothing for what is no YAML, or cannot be read.

    Args:
        path: of the file, relative to the root.
        text: its content.
    """
    if not path.endswith(_YAML) or "integrity" not in text:
        return {}
    try:
        root = compose(text)
        return dict([*_of_hooks(root), *_of_jobs(root)])
    except (HarnessFileError, RecursionError):
        return {}


def _of_hooks(root: Node) -> Iterator[tuple[str, int]]:
    """Stages and files to which hooks of pre-commit are limited."""
    for repository in root["repos"].elements():
        for hook in repository["hooks"].elements():
            name = hook["id"].text
            if not (_ID.fullmatch(name) or _RUNS.search(hook["entry"].text)):
                continue
            for key in _LIMITS:
                values = " ".join(one.text for one in hook[key].elements())
                if values:
                    yield f"the hook {name} is limited to {key}: {values}", hook[key].line


def _of_jobs(root: Node) -> Iterator[tuple[str, int]]:
    """Conditions, and failures that are allowed, of jobs and steps of CI."""
    for name, job in [*root["jobs"].items(), *root.items()]:
        steps = [one for key in ("steps", "script") for one in job[key].elements() if _is_ours(one)]
        for one in (job, *steps) if steps else ():
            for key in ("if", "continue-on-error", "allow_failure", "when"):
                if one[key].text and not one[key].false:
                    yield f"the job {name} runs integrity with {key}: {one[key].text}", one[key].line


def _is_ours(step: Node) -> bool:
    texts = (step.text, step["run"].text, step["uses"].text)
    return any(map(_RUNS.search, texts)) or bool(re.search(r"\bintegrity\b", step["uses"].text))
