"""What other tools are given: MISP, STIX and TagPack by their own libraries and rules, the notation
table by its sums. The same trace gives the same bytes; no name from outside breaks a format."""

import csv
import json
import os
import subprocess

from support.harness import ROOT, Skip, check, equal, ingest, main, run

PYTHON = ROOT / "tests/e2e/python/venv/bin/python"
HOSTILE = "a\"b'c: - {x} <script>\u202e\u0007 \U0001F4A3\\"


def read(kind, path):
    done = subprocess.run([PYTHON, ROOT / "tests/e2e/support/read_exports.py", kind, path],
                          capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    equal(done.returncode, 0, f"reading {path.name}: {done.stderr[-600:]}")
    return json.loads(done.stdout)


def world(folder):
    if not PYTHON.exists():
        raise Skip("the PyPI packages are not installed; script/setup does that")
    run("synth", "--out", folder / "w", "--blocks", 160, "--seed", 7, "--txs-per-block", 5)
    ingest(folder / "w/blocks", folder / "L")
    run("tags", "import", folder / "w/tags.yaml", "--ledger", folder / "L")
    return folder / "L", folder / "w/incident.yaml"


def export(folder, ledger, incident, *words):
    folder.mkdir()
    files = {name: folder / f"out.{name}" for name in ("misp", "stix", "tagpack", "bats", "json")}
    options = [word for name, path in files.items() for word in (f"--{name}", path)]
    run("trace", "--incident", incident, "--ledger", ledger, *options, *words)
    return files


def rests(trace):
    return {coin["address"]: place["kind"] for place in trace["destinations"]
            for coin in place["coins"]}


def of_an_account_ledger(folder):
    """A theft in two assets, where an address has rests of both."""
    if not PYTHON.exists():
        raise Skip("the PyPI packages are not installed; script/setup does that")
    (folder / "map").write_text(
        "chain = toy\ntime = t\ntx = tx\nfrom = from\nto = to\namount = n\nasset = asset\n"
        'decimals = "2"\n')
    (folder / "list.csv").write_text(
        "t,tx,from,to,n,asset\n1700000000,a,victim,thief,70,COIN\n"
        "1700000001,b,thief,pool,20,COIN\n1700000001,b,pool,thief,90,GOLD\n"
        "1700000002,c,thief,an exchange,30.5,COIN\n")
    run("ingest", "transfers", "--csv", folder / "list.csv", "--map", folder / "map", "--ledger",
        folder / "L")
    files = {name: folder / f"out.{name}" for name in ("misp", "stix", "tagpack")}
    run("trace", "--sent-by", "victim", "--ledger", folder / "L",
        *[word for name, path in files.items() for word in (f"--{name}", path)])
    equal(read("stix", files["stix"])["cryptocurrency-wallet"], 2, "wallets")
    equal(read("misp", files["misp"])["objects"], 2, "objects of MISP")
    told = files["misp"].read_text()
    check("90 GOLD" in told and "victim\"" not in told, "what is told of the thief or the victim")
    run("tags", "check", files["tagpack"])
    return "STIX, MISP and TagPack of two assets"


def they_are_read_by_their_own_libraries(folder):
    ledger, incident = world(folder)
    files = export(folder / "a", ledger, incident, "--max-hops", 3)  # the validator takes its time
    found = read("stix", files["stix"])
    wallets = found["cryptocurrency-wallet"]
    for kind in ("observed-data", "note"):
        equal(found[kind], wallets, f"{kind} beside each wallet")
    equal(read("misp", files["misp"])["objects"], wallets, "objects of MISP")
    text = files["tagpack"].read_text()
    equal(text.count("\n- address: "), wallets, "tags")
    bundle = json.loads(files["stix"].read_text())["objects"]
    named = {entry["value"] for entry in bundle if entry["type"] == "cryptocurrency-wallet"}
    trace = json.loads(files["json"].read_text())
    check(set(rests(trace)) <= named, "an address where units rest is missing")

    again = export(folder / "b", ledger, incident, "--max-hops", 3)
    for name in ("misp", "stix", "tagpack", "bats"):
        equal(again[name].read_bytes(), files[name].read_bytes(), f"{name}, made twice")
    return f"{wallets} addresses"


def a_service_s_address_is_not_to_be_acted_on(folder):
    ledger, incident = world(folder)
    files = export(folder / "a", ledger, incident)
    places = rests(json.loads(files["json"].read_text()))
    seen = set()
    for entry in json.loads(files["misp"].read_text())["Event"]["Object"]:
        first = entry["Attribute"][0]
        kind = places.get(first["value"])
        if kind:
            equal(first["to_ids"], kind != "service", f"{first['value']}, where {kind} is")
            seen.add(kind)
    check({"held", "service"} <= seen, f"only {seen}")


def the_tagpack_passes_our_own_check_and_changes_no_trace(folder):
    ledger, incident = world(folder)
    files = export(folder / "a", ledger, incident)
    said = run("tags", "check", files["tagpack"]).err
    check(said.startswith("nothing to object to"), said)
    run("tags", "import", files["tagpack"], "--format", "tagpack", "--ledger", ledger)
    after = export(folder / "b", ledger, incident)
    equal(after["json"].read_bytes(), files["json"].read_bytes(), "the trace, with its own tags")


def the_notation_table_accounts_for_every_unit(folder):
    ledger, incident = world(folder)
    for method in ("fifo", "haircut", "tiho"):
        files = export(folder / method, ledger, incident, "--method", method,
                       "--label-by", "transaction")
        trace = json.loads(files["json"].read_text())
        rows = list(csv.DictReader(files["bats"].open(newline="")))
        ended = [row for row in rows if row["ends_as"]]
        equal(sum(int(row["amount"]) for row in ended), int(trace["seed"]["effective"]),
              f"{method}: what ends somewhere")
        last = {row["victim"]: int(row["running_total"]) for row in ended}
        equal(sum(last.values()), int(trace["seed"]["effective"]), f"{method}: the last totals")
        for place in trace["destinations"]:
            found = sum(int(row["amount"]) for row in ended if row["ends_as"] == place["kind"]
                        and row["service"] == (place["service"] or ""))
            equal(found, int(place["amount"]), f"{method}: {place['kind']} {place['service']}")


def names_from_outside_break_no_format(folder):
    ledger, incident = world(folder)
    text = incident.read_text().replace("simulated hot-wallet theft",
                                        json.dumps(HOSTILE, ensure_ascii=False), 1)
    bad = folder / "bad.yaml"
    bad.write_text(text)
    tags = (folder / "w/tags.yaml").read_text().replace("actor: ", "actor: x-<b>-")
    (folder / "bad-tags.yaml").write_text(tags)
    run("tags", "import", folder / "bad-tags.yaml", "--ledger", ledger)
    for method in ("fifo", "poison"):
        files = export(folder / method, ledger, bad, "--method", method, "--max-hops", 1)
        read("stix", files["stix"])
        check(HOSTILE[:5] in read("misp", files["misp"])["info"], "the title in MISP")
        said = run("tags", "check", files["tagpack"]).err
        check(said.startswith("nothing to object to"), said)
        check(b"\x07" not in files["tagpack"].read_bytes(), "a bell in the TagPack")


if __name__ == "__main__":
    main([of_an_account_ledger, they_are_read_by_their_own_libraries,
          a_service_s_address_is_not_to_be_acted_on,
          the_tagpack_passes_our_own_check_and_changes_no_trace,
          the_notation_table_accounts_for_every_unit, names_from_outside_break_no_format])
