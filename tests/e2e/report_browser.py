"""The report in a real browser: it opens without a word to anyone, its lines open, its sums are
right, and it reads on a phone, in the dark and on paper.

TRACEHOUND_REPORT_PICTURES=FOLDER keeps the screenshots and PDFs, for people to look at.
"""

import os
import pathlib
import re
import subprocess

from support.browser import Browser
from support.harness import ROOT, check, environment, equal, ingest, main, run

BUILD = pathlib.Path(os.environ.get("TRACEHOUND_BUILD", ROOT / "build"))
SAMPLES = ["small", "medium", "thousand", "deep", "kinds", "hostile", "poison", "nothing", "one"]
PICTURES = os.environ.get("TRACEHOUND_REPORT_PICTURES")


def samples(folder):
    done = subprocess.run([BUILD / "tests" / "test_incidents", "--gtest_filter=ReportSamples.*"],
                          env=environment(TRACEHOUND_REPORT_SAMPLES=str(folder)),
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 0, f"writing the samples: {done.stdout[-500:]}")
    return {name: folder / f"{name}.html" for name in SAMPLES}


def keep(name, take):
    if PICTURES:
        pathlib.Path(PICTURES).mkdir(parents=True, exist_ok=True)
        pathlib.Path(PICTURES, name).write_bytes(take())


def fits(page, what):
    wide = page.js("document.scrollingElement.scrollWidth")
    check(wide <= page.js("innerWidth"), f"{what}: {wide} pixels wide, wider than the window")


# Every list of coins against its line, and the lines against the whole, exactly.
SUMS = """(function () {
  function units(cell) {
    var zeros = cell.querySelector(":scope > i");  // the amount's own, not those of "of 1.5"
    var text = cell.firstChild.textContent + (zeros ? zeros.textContent : "");
    return BigInt(text.replace(/[,.]/g, ""));
  }
  var bad = [], tables = 0;
  document.querySelectorAll("#where .coins table").forEach(function (table) {
    var sum = 0n, column = 4, whole = null;
    [...table.tBodies[0].rows].forEach(function (row) { sum += units(row.cells[column]); });
    [...(table.tFoot ? table.tFoot.rows : [])].forEach(function (row) {
      if (row.className === "p") return;
      if (row.cells[1].textContent.startsWith("all")) whole = units(row.cells[2]);
      else sum += units(row.cells[2]);
    });
    var line = table.closest("details").querySelector("summary .amt");
    var told = units(line);
    ++tables;
    if (sum !== told || (whole !== null && whole !== told)) bad.push(String(sum) + "/" + told);
  });
  var lines = 0n;
  document.querySelectorAll("#where .rows > .r.kind .amt, #where .kind > summary .amt")
    .forEach(function (cell) { lines += units(cell); });
  var all = units(document.querySelector("#where .total .amt"));
  if (lines !== all) bad.push("kinds " + lines + "/" + all);
  return [tables, bad.join(" ")];
}())"""


def it_opens_quietly(folder):
    remarks = []
    with Browser() as browser:
        for name, path in samples(folder).items():
            page = browser.open(path)
            equal(page.trouble(), [], f"{name}: words on the console")
            equal(page.requests(), [], f"{name}: asked the network for")
            equal(page.js("document.scripts.length"), 1, f"{name}: scripts")
            check(page.js("document.querySelector('h1').textContent").endswith("."),
                  f"{name}: no headline")
            drawings = 0 if name == "nothing" else 5  # the bar, and two pictures in two sizes
            equal(page.js("document.querySelectorAll('svg').length"), drawings, f"{name}: drawings")
            dangling = page.js("""[...document.querySelectorAll("a")].filter(a =>
                !document.getElementById(a.getAttribute("href").slice(1))).length""")
            equal(dangling, 0, f"{name}: links that lead nowhere")
            fits(page, name)
            took = page.js("performance.getEntriesByType('navigation')[0].loadEventEnd")
            remarks.append(f"{name} {path.stat().st_size // 1024} KB {took:.0f} ms")
            keep(f"{name}.png", page.picture)
    return ", ".join(remarks)


def the_program_s_own_report(folder):
    """A simulated theft all the way: files, ledger, tags, trace, page."""
    world, ledger, page_file = folder / "world", folder / "ledger", folder / "report.html"
    run("synth", "--out", world, "--blocks", 300, "--seed", 5, "--theft", "wallet-sweep")
    ingest(world / "blocks", ledger)
    run("tags", "import", world / "tags.yaml", "--ledger", ledger)
    asked = ("trace", "--incident", world / "incident.yaml", "--ledger", ledger, "--method",
             "fifo,haircut,poison")
    paper = folder / "report.pdf"
    run(*asked, "--html", page_file, "--pdf", paper)  # the page says by what command
    first = paper.read_bytes()
    check(first.startswith(b"%PDF-"), "--pdf wrote no PDF")
    check(len(re.findall(rb"/Type\s*/Page\b(?!s)", first)) > 3, "too few pages")
    run(*asked, "--html", page_file, "--pdf", paper)
    equal(paper.read_bytes(), first, "the PDF, printed twice")
    with Browser() as browser:
        page = browser.open(page_file)
        equal(page.trouble(), [], "words on the console")
        equal(page.requests(), [], "asked the network for")
        tables, bad = page.js(SUMS)
        equal(bad, "", "lists whose entries do not add up")
        check(tables > 1, "too few lists")
        text = page.js("document.body.textContent")
        for part in ("They balance exactly", "What can be frozen", "whatever the method",
                     "how often it was", "How to check this report"):
            check(part in text, f"the report does not say {part!r}")
        keep("synth.png", page.picture)
        return page.js("document.querySelector('h1').textContent")


def hostile_texts_run_nothing(folder):
    with Browser() as browser:
        page = browser.open(samples(folder)["hostile"])
        equal(page.js("document.querySelectorAll('main img, main script, [onload]').length"), 0,
              "elements out of a label")
        equal(page.js("document.title"), "</title><script>alert(1)</script>: trace report",
              "the title")
        # Even a script that got in would not run: the policy knows one by its hash.
        page.js("""document.body.append(Object.assign(document.createElement("script"),
                {textContent: "window.broken = 1"}))""")
        equal(page.js("window.broken"), None, "a foreign script's trace")
        check(page.trouble(), "the policy did not say that it refused a script")


def lines_open_to_their_coins(folder):
    with Browser() as browser:
        page = browser.open(samples(folder)["medium"])
        line = "#where details:nth-of-type(1)"
        seen = f"document.querySelector('{line} .id').checkVisibility()"
        equal(page.js(seen), False, "coins before the click")
        page.click(f"{line} > summary .name")
        equal(page.js(seen), True, "coins after the click")
        page.js(f"document.querySelector('{line} > summary').focus()")
        page.press("Enter", 13)
        equal(page.js(seen), False, "coins after the Enter key")

        page.js("document.documentElement.style.scrollBehavior = 'auto'")
        page.click("svg.flow.wide a:nth-last-of-type(2) text")
        check(page.js("location.hash").startswith("#d"), "a destination's label leads to its line")
        equal(page.js("document.querySelector(location.hash).checkVisibility()"), True,
              "its coins, after a click on the picture")

        head = "#where details[open] th.q"
        first = ("parseFloat(document.querySelector('#where details[open] tbody tr')"
                 ".querySelector('td.q').textContent)")
        largest = page.js(first)
        page.click(head)
        equal(page.js(first), largest, "the first coin, sorted by falling amount")
        page.click(head)
        check(page.js(first) < largest, "the first coin, sorted by rising amount")


def links_work_without_scripts(folder):
    with Browser() as browser:
        page = browser.open(samples(folder)["medium"], scripts=False)
        for target in ("d0", "d0-2", "f3"):
            page.go(f"#{target}")
            shown = page.js(f"document.getElementById('{target}').checkVisibility()")
            equal(shown, True, f"#{target}, opened by the link alone")


def every_list_adds_up(folder):
    counted = 0
    with Browser() as browser:
        for name, path in samples(folder).items():
            if name in ("poison", "nothing"):  # no sums
                continue
            tables, bad = browser.open(path).js(SUMS)
            equal(bad, "", f"{name}: lists whose entries do not add up")
            check(tables > 0, f"{name}: no lists")
            counted += tables
    return f"{counted} lists"


# The contrast of every text with what lies behind it, the lowest first.
CONTRAST = """(function () {
  function rgb(text) { return text.match(/[0-9.]+/g).map(Number); }
  function linear(v) { return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); }
  function light(c) { return c.slice(0, 3).reduce((sum, v, i) =>
    sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][i], 0); }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  }
  var worst = [99, ""];
  document.querySelectorAll("body *").forEach(function (e) {
    var own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest("script, desc, title")) return;
    var style = getComputedStyle(e), ink = rgb(e.closest("svg") ? style.fill : style.color);
    var a = light(ink), b = light(behind(e));
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.textContent.slice(0, 40)];
  });
  return worst;
}())"""


def it_reads_in_light_and_dark(folder):
    paths = samples(folder)
    grounds = {}
    remarks = []
    with Browser() as browser:
        for dark in (False, True):
            page = browser.open(paths["small"], dark=dark)
            page.js("document.querySelectorAll('details').forEach(e => e.open = true)")
            grounds[dark] = page.js("getComputedStyle(document.body).backgroundColor")
            ratio, text = page.js(CONTRAST)
            check(ratio >= 4.5, f"{'dark' if dark else 'light'}: {text!r} has contrast {ratio:.2f}")
            remarks.append(f"{'dark' if dark else 'light'} contrast {ratio:.1f} and more")
            keep(f"small-{'dark' if dark else 'light'}.png", lambda: page.picture(4000))
    check(grounds[False] != grounds[True], "the page does not turn dark")
    return ", ".join(remarks)


def it_fits_a_phone(folder):
    with Browser() as browser:
        for name, path in samples(folder).items():
            page = browser.open(path, width=390, phone=True)
            fits(page, f"{name} on a phone")
            equal(page.js("[...document.querySelectorAll('#freeze .scroll')].filter("
                          "e => e.scrollWidth > e.clientWidth).length"), 0,
                  f"{name}: freeze lists whose amounts are out of sight on a phone")
            page.js("document.querySelectorAll('#where details')[0]?.setAttribute('open', '')")
            fits(page, f"{name} on a phone, a line open")
            if name != "nothing":
                equal(page.js("document.querySelector('svg.flow.wide').checkVisibility()"), False,
                      f"{name}: the wide picture on a phone")
                equal(page.js("document.querySelector('svg.flow.narrow').checkVisibility()"), True,
                      f"{name}: the narrow picture on a phone")
            keep(f"{name}-phone.png", lambda: page.picture(4000))


def it_prints(folder):
    paths = samples(folder)
    remarks = []
    with Browser() as browser:
        for name, most in (("small", 12), ("medium", 50), ("thousand", 55), ("hostile", 12)):
            page = browser.open(paths[name])
            page.look(width=688, media="print")
            fits(page, f"{name} on paper")
            coins = page.js("document.querySelector('#where .coins td .id').checkVisibility("
                            "{contentVisibilityAuto: true, visibilityProperty: true})")
            equal(coins, True, f"{name}: coins on paper, without a click")
            page.look()
            paper = page.paper()
            check(paper.startswith(b"%PDF-"), f"{name}: no PDF")
            pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", paper))
            check(1 < pages <= most, f"{name}: {pages} pages, expected {most} at most")
            remarks.append(f"{name} {pages} pages")
            keep(f"{name}.pdf", lambda: paper)
    return ", ".join(remarks)


if __name__ == "__main__":
    main([it_opens_quietly, the_program_s_own_report, hostile_texts_run_nothing,
          lines_open_to_their_coins, links_work_without_scripts, every_list_adds_up,
          it_reads_in_light_and_dark, it_fits_a_phone, it_prints])
