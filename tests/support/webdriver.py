"""A headless Chromium for tests, driven over the WebDriver protocol by the standard library alone."""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1200,1600",
)


def missing():
    """Return why there is no browser here, empty when there is one."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(absent)} not installed (Debian: chromium, chromium-driver)" if absent else ""


class Browser:
    """One session: pages by address, scripts, real clicks and keys, and what the browser logged."""

    def __init__(self, port, profile):
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        self._base = f"http://127.0.0.1:{port}"
        self._wait()
        options = {"binary": shutil.which("chromium"), "args": [*_FLAGS, f"--user-data-dir={profile}"]}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        found = self._post("/session", capabilities={"alwaysMatch": wanted})
        self._base += f"/session/{found['sessionId']}"

    def go(self, address):
        self._post("/url", url=str(address))

    def run(self, script, *args):
        return self._post("/execute/sync", script=script, args=list(args))

    def find(self, css):
        return self._post("/element", using="css selector", value=css)[ELEMENT]

    def click(self, css):
        self._post(f"/element/{self.find(css)}/click")

    def type(self, text, css=None):
        """Send keys to an element, or to whatever has the focus."""
        element = self.find(css) if css else self.run("return document.activeElement")[ELEMENT]
        self._post(f"/element/{element}/value", text=text)

    def tab(self):
        self._keys(TAB)

    def press(self, key):
        self._keys(key)

    def log(self, kind):
        return self._post("/se/log", type=kind)

    def command(self, name, **params):
        return self._post("/goog/cdp/execute", cmd=name, params=params)

    def requests(self):
        """Return the addresses asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def close(self):
        with suppress(urllib.error.URLError, OSError):
            self._call("DELETE", "")

    def _keys(self, key):
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._post("/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def _post(self, path, **body):
        return self._call("POST", path, json.dumps(body).encode())

    def _call(self, method, path, body=None):
        header = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, body, header, method=method)
        try:
            with self._open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(f"{path}: {error.read().decode()[:500]}") from None

    def _wait(self):
        for _ in range(100):
            with suppress(OSError):
                self._call("GET", "/status")
                return
            time.sleep(0.1)
        raise RuntimeError("chromedriver does not answer")


@contextmanager
def chromium(profile):
    """Start a browser with a fresh profile, and end both processes afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(
        [shutil.which("chromedriver"), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        browser = Browser(port, profile)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        driver.terminate()
        driver.wait(10)
