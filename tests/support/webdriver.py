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

# The lowest contrast of any visible text against the ground behind it, with where it is.
CONTRAST = """
const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const parse = (colour) => {
  const parts = colour.match(/[\\d.]+/g).map(Number);
  return parts.length < 4 ? [...parts, 1] : parts;
};
const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour[3] === 1) return colour;
    if (colour[3] > 0) throw new Error('half-transparent ground');
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = [];
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (!node.data.trim() || ['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName.toUpperCase())) continue;
  if (!element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  const colour = parse(element instanceof SVGElement ? style.fill : style.color);
  for (let e = element; e; e = e.parentElement) colour[3] *= Number(getComputedStyle(e).opacity);
  const below = ground(element);
  const [a, b] = [light(over(colour, below)), light(below)];
  found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.data.trim().slice(0, 40)]);
}
found.sort((x, y) => x[0] - y[0]);
return [found.length, ...found[0]]"""


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

    def renew(self):
        """Open a tab in place of the one that is there: nothing emulated, loaded or logged is left."""
        opened = self._post("/window/new", type="tab")["handle"]
        self._call("DELETE", "/window")
        self._post("/window", handle=opened)
        self.log("browser"), self.log("performance")

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
