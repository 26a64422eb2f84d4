"""A headless Chromium, spoken to in its own protocol over a pair of pipes: no driver, no socket.

    with Browser() as browser:
        page = browser.open(path)
        page.js("document.title")
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

from support.harness import Skip, Wrong

SECONDS = 60
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--remote-debugging-pipe"]
# What a page must not cause: each such event is kept.
TROUBLE = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled",
           "Audits.issueAdded"}


def chromium():
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        found = name and shutil.which(name)
        if found:
            return found
    raise Skip("no chromium is installed")


class Browser:
    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="tracehound-chromium-")
        theirs_in, self.write_end = os.pipe()
        self.read_end, theirs_out = os.pipe()

        def wire():  # the child reads on 3 and writes on 4
            high_in = fcntl.fcntl(theirs_in, fcntl.F_DUPFD, 100)
            high_out = fcntl.fcntl(theirs_out, fcntl.F_DUPFD, 100)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        self.process = subprocess.Popen(
            [chromium(), *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=wire, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer = b""
        self.last = 0
        self.events = []
        return self

    def __exit__(self, *_):
        try:
            self.send("Browser.close")
            self.process.wait(20)
        except (Wrong, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self, what):
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self.buffer:
            left = max(0, deadline - time.monotonic())
            ready, _, _ = select.select([self.read_end], [], [], left)
            part = os.read(self.read_end, 1 << 20) if ready else b""
            if not part:
                raise Wrong(f"the browser did not answer {what}")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, session=None, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(method)
            if answer.get("id") != self.last:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise Wrong(f"{method}: {answer['error']}")
            return answer["result"]

    def open(self, path, **looks):
        return Page(self, path, **looks)


class Page:
    """One page in a tab of its own; `looks` as look() takes them."""

    def __init__(self, browser, path, scripts=True, **looks):
        self.browser = browser
        self.url = pathlib.Path(path).resolve().as_uri()
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.look(**looks)
        self.go("")

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def look(self, width=1200, dark=False, media="", phone=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.send("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def go(self, fragment):
        """Loads the page afresh, at `fragment` ("#d0")."""
        for url in ("about:blank", self.url + fragment):
            self.send("Page.navigate", url=url)
            self.until(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def until(self, condition):
        deadline = time.monotonic() + SECONDS
        while not self.js(condition):
            if time.monotonic() > deadline:
                raise Wrong(f"waited {SECONDS} seconds for {condition}")
            time.sleep(0.02)

    def mine(self):
        return [event for event in self.browser.events if event.get("sessionId") == self.session]

    def trouble(self):
        return [event for event in self.mine() if event["method"] in TROUBLE]

    def requests(self):
        """Addresses asked for, the page's own left out."""
        asked = [event["params"]["request"]["url"] for event in self.mine()
                 if event["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if url.split("#")[0] not in (self.url, "about:blank")]

    def js(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Wrong(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """A real click in the middle of the element's first box, scrolled into view."""
        place = self.js(
            f"""(function () {{
              var e = document.querySelector({json.dumps(selector)});
              e.scrollIntoView({{block: "center", behavior: "instant"}});
              var box = e.getClientRects()[0];
              return [box.x + box.width / 2, box.y + box.height / 2];
            }}())""")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                      button="left", clickCount=1)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code,
                      **text)

    def picture(self, height=2000):
        answer = self.send("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": self.js("innerWidth"), "height": height, "scale": 1})
        return base64.b64decode(answer["data"])

    def paper(self):
        """As a PDF on A4, backgrounds left out as browsers do."""
        answer = self.send("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                           printBackground=False)
        return base64.b64decode(answer["data"])
