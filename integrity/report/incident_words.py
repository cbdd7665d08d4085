"""Wording that the reports of an incident share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone

from integrity.git.log import Commit
from integrity.incident.state import Pattern
from integrity.incident.story import (
    BROUGHT,
    DELETED,
    OVERWRITTEN,
    REPAIRED,
    REWROTE,
    SPREAD,
    STANDING,
    UNKNOWN,
    Deed,
    Outcome,
    Script,
    Story,
    Wave,
)
from integrity.report.incident_timeline import within
from integrity.report.phrases import plural

_SHORT = 10  # digits of a commit's id
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400  # seconds
_KINDS = {
    BROUGHT: "sound or new",
    REWROTE: "damaged in another way",
    SPREAD: "copied from damaged files",
}
_ENDS = {
    STANDING: "still damaged today",
    REPAIRED: "repaired",
    OVERWRITTEN: "overwritten by a version without most of their tests",
    DELETED: "deleted",
    UNKNOWN: "of unknown fate",
}
_TOTALS = {
    STANDING: "still damaged",
    REPAIRED: "repaired",
    OVERWRITTEN: "overwritten without their tests",
    DELETED: "deleted",
    UNKNOWN: "of unknown fate",
}
_TOLD = 12  # waves
_PEOPLE = 3  # named in the totals


def short(commit: Commit) -> str:
    """The first digits of a commit's id."""
    return commit.id[:_SHORT]


def minute(time: float) -> str:
    """A time in seconds since 1970, in UTC, as in "2025-09-06 21:33"."""
    return datetime.fromtimestamp(within(time), timezone.utc).strftime("%Y-%m-%d %H:%M")


def period(wave: Wave) -> str:
    """When a wave happened, as in "2025-09-06 21:33 to 21:42"."""
    first, last = minute(wave.first.time), minute(wave.last.time)
    if first == last:
        return first
    same_day = first.split(" ")[0] == last.split(" ")[0]
    return f"{first} to {last.split(' ')[1] if same_day else last}"


def duration(seconds: float) -> str:
    """A span of time in its largest unit, as in "4 days"."""
    for size, noun in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return plural(int(seconds // size), noun)
    return plural(int(seconds), "second")


def headline(wave: Wave) -> str:
    """What a wave did, as in "30 commits damaged 1,046 files, 1,204 tests lost"."""
    return f"{plural(len(wave.deeds), 'commit')} {_verb(wave)} {plural(wave.files, 'file')}{lost(wave)}"


def lost(wave: Wave) -> str:
    """The tests that a wave took, or that those texts name which were damaged before; "" without any."""
    if wave.tests_lost:
        return f", {plural(wave.tests_lost, 'live test')} lost"
    verb = "names" if wave.files == 1 else "name"
    return f" that {verb} {plural(wave.named, 'lost test')}" if wave.named else ""


def _verb(wave: Wave) -> str:
    return "copied" if set(wave.kinds) == {SPREAD} else "damaged"


def kinds(wave: Wave) -> str:
    """What the files were before, as in "4 files sound or new, 16 files copied from damaged files"; "" if all sound."""
    if set(wave.kinds) == {BROUGHT}:
        return ""
    return ", ".join(f"{plural(wave.kinds[kind], 'file')} {text}" for kind, text in _KINDS.items() if wave.kinds[kind])


def patterns(found: Sequence[tuple[Pattern, int]]) -> str:
    """Damage and the number of files, as in "COR002 tool-residue `X:` (12 files)"."""
    return ", ".join(f"{pattern(one)} ({plural(files, 'file')})" for one, files in found)


def pattern(one: Pattern) -> str:
    """One kind of damage."""
    return f"{one.code} {one.name}" + (f" `# {one.marker}`" if one.marker else "")


def outcome(story: Story, one: Outcome) -> str:
    """What became of some files, as in "12 files repaired by 0123456789 of 2025-09-17 10:00 (Ada) "Repair""."""
    text = f"{plural(one.files, 'file')} {_ENDS[one.end]}"
    (order, files), *others = one.commits
    if order < 0:
        return text
    commit = story.commits[order]
    named = f'{short(commit)} of {minute(commit.time)} ({commit.author}) "{commit.subject}"'
    return f"{text} by {len(others) + 1:,} commits, {files:,} of them by {named}" if others else f"{text} by {named}"


def stood(story: Story, wave: Wave) -> str:
    """How long the damage of a wave stood, "" when nothing is known of it, or it has only just happened."""
    known = sorted(span for harm in wave.harms if (span := story.stood(harm)) is not None)
    if not known:
        return ""
    middle, longest = known[len(known) // 2], known[-1]
    if not longest:
        return ""
    lasting = " so far" if all(harm.fate.end == STANDING for harm in wave.harms) else ""
    text = duration(middle)
    told = text if duration(longest) == text else f"{text} (median), {duration(longest)} at most"
    return told + lasting


def people(wave: Wave) -> str:
    """Who committed and what tools are named, as in "Ada, committed by GitHub; tools named: Claude"."""
    author = wave.last
    committers = dict.fromkeys(deed.message.committer for deed in wave.deeds if deed.message)
    others = [name for name in committers if name != author.author]
    text = author.author
    text += f", committed by {', '.join(others)}" if others else ""
    return text + (f"; tools named: {', '.join(wave.tools)}" if wave.tools else "")


def deed_line(deed: Deed) -> str:
    """One commit of a wave."""
    taken = f", {plural(deed.tests_lost, 'test')} lost" if deed.tests_lost else ""
    files = plural(len(deed.harms), "file")
    return f'{short(deed.commit)} {minute(deed.commit.time)}  {files}{taken}: "{deed.commit.subject}"'


def largest(story: Story) -> list[Wave]:
    """The waves worth telling in full, newest first: those with the most files."""
    ranking = sorted(range(len(story.waves)), key=lambda place: _size(story.waves[place]))
    return [story.waves[place] for place in sorted(ranking[:_TOLD])]


def _size(wave: Wave) -> tuple[int, int]:
    return -wave.files, -wave.tests_lost


def totals(story: Story) -> list[str]:
    """What it all amounts to, the headline first."""
    since = f" since {story.since}" if story.since else ""
    unread = f", {story.unread:,} could not be" if story.unread else ""
    read = f"{plural(story.examined, 'version')}{since} examined{unread}"
    if not story.waves:
        return ["No damage found in this history", read]
    ends, deeds = story.ends, story.deeds
    title = f"{plural(story.files, 'file')} damaged by {plural(len(deeds), 'commit')}"
    title += f", {plural(story.tests_lost, 'live test')} lost" if story.tests_lost else ""
    return [
        title,
        ", ".join(f"{ends[end]:,} {name}" for end, name in _TOTALS.items() if ends[end]),
        _credits(deeds),
        read,
    ]


def _credits(deeds: Sequence[Deed]) -> str:
    """Who and what had a part, with the number of commits."""
    authors = Counter(deed.commit.author for deed in deeds)
    used = Counter(tool for deed in deeds for tool in deed.tools)
    text = "by " + ", ".join(f"{name} ({number:,})" for name, number in authors.most_common(_PEOPLE))
    more = len(authors) - _PEOPLE
    text += f" and {plural(more, 'other')}" if more > 0 else ""
    named = ", ".join(f"{name} in {plural(number, 'commit')}" for name, number in used.most_common(_PEOPLE))
    return text + (f"; tools named: {named}" if named else "")


def script(one: Script) -> str:
    """A file that names a marker, and whether it may have done the damage."""
    added = ""
    if one.added:
        commit = one.added
        added = f", added {minute(commit.time)} by {commit.author} in {short(commit)}"
    gone = ", gone today" if not one.present else ""
    place = f"{one.path}:{one.line}"
    if one.before:
        return f"{place} named `{one.marker}` when the damage was done: a likely culprit{gone}{added}"
    if one.likely and one.delay is not None:
        when = f"since {duration(one.delay)} after the damage: it may have done it"
        return f"{place} names `{one.marker}` {when}{added}"
    return f"{place} names `{one.marker}` only since the damage{added}"
