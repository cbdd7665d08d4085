"""Which tools had a part in a commit, as far as its names, addresses and trailers say."""

from __future__ import annotations

import re

from integrity.git.log import Commit
from integrity.git.messages import Message

_TOOLS = (
    ("Claude", r"\bclaude\b|@anthropic\.com"),
    ("GitHub Copilot", r"\bcopilot\b"),
    ("Cursor", r"\bcursor\b|cursoragent@|@cursor\.com"),
    ("aider", r"\baider\b"),
    ("Codex", r"\bcodex\b"),
    ("ChatGPT", r"\bchatgpt\b|@openai\.com|\bgpt-[0-9]"),
    ("Gemini", r"\bgemini\b"),
    ("Devin", r"\bdevin-ai\b|\bdevin\.ai\b|@cognition"),
    ("Jules", r"google-labs-jules|\bjules\[bot\]"),
    ("Amp", r"@ampcode\.com|\bampcode\b"),
    ("Windsurf", r"\bwindsurf\b|\bcodeium\b"),
    ("OpenHands", r"\bopenhands\b|all-hands\.dev"),
    ("Sweep", r"\bsweep-ai\b|\bsweep\.dev\b"),
)
_KNOWN = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _TOOLS)
_WRITTEN_BY = re.compile(r"(?:co-authored|assisted|generated)-?(?: ?by| with)?\b", re.IGNORECASE)
_GENERATED = re.compile(r"(?:🤖\s*)?generated (?:with|by) (.*)", re.IGNORECASE)
_BOT = re.compile(r"([\w.-]+)\[bot\]")


def tools(commit: Commit, message: Message | None) -> tuple[str, ...]:
    """The names of the tools, sorted; a robot that is not known goes by its account, as in "renovate[bot]".

    Args:
        commit: its author is looked at.
        message: its committer, its trailers that tell who wrote it, and lines like "Generated with ...".
    """
    texts = [f"{commit.author} <{commit.email}>"]
    if message:
        texts.append(f"{message.committer} <{message.email}>")
        texts += [value for key, value in message.trailers if _WRITTEN_BY.match(key)]
        texts += [match[1] for line in message.body.split("\n") if (match := _GENERATED.match(line.strip()))]
    named = {name for name, pattern in _KNOWN for text in texts if pattern.search(text)}
    return tuple(sorted(named or {match[0] for text in texts for match in _BOT.finditer(text)}))
