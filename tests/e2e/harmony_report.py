"""The report of a real theft: the Harmony bridge, from the published sources to the terminals, as a
page and on paper. The exchanges' totals in it are the sums of the rows of the CSV."""

import collections
import csv
import decimal
import re

from support.browser import Browser
from support.harness import ROOT, Skip, check, equal, main, run

DATA = ROOT.parent / "shared/data/theft/harmony"
MAP = """chain = harmony
time = Timestamp
block = Block
tx = Tx_hash
from = From
to = To
from_label = From_label
to_label = To_label
amount = Value_in_USD
asset = "USD"
decimals = "14"
"""
UNIT = decimal.Decimal(10) ** 14


def addresses(name):
    return [line.strip().lower() for line in (DATA / name).read_text().splitlines() if line.strip()]


def terminals():
    """Each terminal with whose it is, as the movements label it: `OKX 30` is OKX."""
    labels = {}
    with (DATA / "HB.csv").open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            labels[row["To"].lower()] = row["To_label"]
    return {address: re.split(r"[ :]", labels[address])[0]
            for address in addresses("terminal addresses.csv") if address in labels}


def traced(folder):
    if not DATA.exists():
        raise Skip(f"{DATA} is not there")
    (folder / "map").write_text(MAP)
    run("ingest", "transfers", "--csv", DATA / "HB.csv", "--map", folder / "map",
        "--ledger", folder / "L")
    names = terminals()
    (folder / "stops").write_text("".join(f"{address},{name},exchange\n"
                                          for address, name in names.items()))
    seeds = [word for address in addresses("source addresses.csv")
             for word in ("--sent-by", address)]
    asked = ("trace", *seeds, "--stop-at-addresses", folder / "stops", "--ledger", folder / "L")
    run(*asked, "--method", "haircut,fifo,lifo", "--html", folder / "report.html",
        "--pdf", folder / "report.pdf", "--csv", folder / "trace.csv")
    run(*asked, "--method", "haircut", "--letters", folder / "letters")
    return set(names.values())


def the_exchanges_totals_are_in_it(folder):
    names = traced(folder)
    sums = collections.Counter()
    with (folder / "trace.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["method"] == "haircut" and row["destination"] == "service":
                sums[row["service"]] += int(row["amount"])
    check({"OKX", "HTX"} <= set(sums) <= names, f"services: {sorted(sums)}")
    with Browser() as browser:
        page = browser.open(folder / "report.html")
        equal(page.trouble(), [], "words on the console")
        equal(page.requests(), [], "asked the network for")
        check("They balance exactly" in page.js("document.body.textContent"), "no balance")
        lines = page.js("""Object.fromEntries([...document.querySelectorAll("#where details.in")]
            .map(e => [e.querySelector(".name").textContent,
                       e.querySelector(".amt").textContent.replace(/,/g, "")]))""")
    for name, units in sums.items():
        equal(decimal.Decimal(lines[name]), decimal.Decimal(units) / UNIT, f"{name} in the report")
    equal(len(list((folder / "letters").iterdir())), len(sums), "letters")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", (folder / "report.pdf").read_bytes()))
    check(pages > 3, f"the PDF has {pages} pages")
    told = ", ".join(f"{name} {units / UNIT:,.2f}" for name, units in sorted(sums.items()))
    return f"{told} USD by haircut; {pages} pages"


if __name__ == "__main__":
    main([the_exchanges_totals_are_in_it])
