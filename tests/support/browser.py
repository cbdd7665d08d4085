"""A real browser, driven through the pipe of its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
)  # fmt: skip


class Browser:
    """One browser with one page; a context manager.

    Attributes:
        complaints: what the page's console, its exceptions and its policy said, and every request to a network.
    """

    def __init__(self, folder: Path) -> None:
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        shell = ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "bash"]
        self._process = subprocess.Popen(
            [*shell, CHROMIUM, *_FLAGS, f"--user-data-dir={folder}"],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._session = ""
        self.complaints: list[str] = []

    def __enter__(self) -> Browser:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._write)  # the browser ends with its pipe
        self._process.wait()
        os.close(self._read)

    def open(self, page: Path, *, width: int = 1280, dark: bool = False, part: str = "") -> None:
        """Load a file and wait until it is complete."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url="about:blank")
        self._until("Page.loadEventFired")
        self.complaints.clear()
        self.call("Page.navigate", url=f"{page.as_uri()}{part}")
        self._until("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """What JavaScript evaluates to, promises awaited.

        Raises:
            AssertionError: it threw.
        """
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key, as a user does."""
        common = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of one command.

        Raises:
            AssertionError: the browser refuses it or is gone.
        """
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def _until(self, event: str) -> None:
        while self._message().get("method") != event:
            pass

    def _message(self) -> dict[str, Any]:
        """The next message; events that matter are remembered."""
        while b"\0" not in self._buffer:
            received = os.read(self._read, 1 << 16)
            assert received, "the browser ended"
            self._buffer += received
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = dict(json.loads(text))
        self._remember(message.get("method", ""), message.get("params", {}))
        return message

    def _remember(self, method: str, event: dict[str, Any]) -> None:
        if method in {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}:
            self.complaints.append(json.dumps(event))
        if method == "Network.requestWillBeSent" and not event["request"]["url"].startswith(
            ("file:", "data:", "about:")
        ):
            self.complaints.append(event["request"]["url"])
