"""What the CoinJoin recognisers find in published sets of real transactions, as tables in Markdown.

usage: script/accuracy coinjoin [--program FILE] [--data FOLDER]

The sets lie beside the project; docs/accuracy.md says what they are and discusses what is found.
"""

import argparse
import collections
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

import joinmarket_books
import real_blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOCOLS = ("whirlpool", "wasabi2", "wasabi1", "joinmarket", "equal_outputs", "whirlpool_tx0",
             "stonewall", "chip_split")
COINJOINS = PROTOCOLS[:5]
SETS = {
    "Whirlpool, March 2024": ("dumplings__sw_202403.zip", "SamouraiCoinJoins"),
    "Whirlpool's parents": ("dumplings__sw_202403.zip", "SamouraiTx0s"),
    "after Whirlpool": ("dumplings__sw_202403.zip", "SamouraiPostMixTxs"),
    "Wasabi 1, August 2021": ("dumplings__ww1_202405.zip", "WasabiCoinJoins"),
    "after Wasabi 1": ("dumplings__ww1_202405.zip", "WasabiPostMixTxs"),
    "other, June 2024": ("dumplings__jm_202406.zip", "OtherCoinJoins"),
    "after other": ("dumplings__jm_202406.zip", "OtherCoinJoinPostMixTxs"),
}

DIVIDED_MOST = 14  # inputs that the recogniser tries to divide among people

# `kinds` are those of the outputs.
Transaction = collections.namedtuple("Transaction", "txid spends inputs outputs kinds")

# Those of the Wasabi 1 set that its makers later took back by hand as no Wasabi rounds, and all of
# the set that are on that list of 495: data/wasabi1/false_cjtxs.json at 759afd33 of the project.
TAKEN_BACK = {
    "1385206c39455cfaea80b13832ee91f10321aca361eeaa115c662b51fd1f5571",
    "7bcf14d5740ca5580e90752e27f255121804dcf5c81ea8fd80965edcee2ad9ef",
    "8b3b00e2bf65c5a379d3634ab05f61eb12b2f7748a05a9cdc9ad36e41475589f",
    "a20733a76e8d7b943f4a69765393316ba0c01bfdca88782f337fedb812e7c0f4",
    "ff6fa1c1bbce152b039c993e3337a361abb0a1c3e078f922196ff4cdec2b7a99",
}


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.decode()}")
    return done.stdout.decode()


def recognised(program, lines):
    """{txid: row of the program's CSV} for a text of transactions, all at once."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(lines)
        file.flush()
        text = run(program, "detect", "coinjoin", "--lines", file.name, "--csv", "-")
    return {row["txid"]: row for row in csv.DictReader(text.splitlines())}


def parse(line):
    """What the tables need of a line, read here by other code than the program's."""
    fields = line.split(":::")
    spends = [text.split("+")[0].split("-") for text in fields[4].split("}{")]
    outputs = [text.split("+") for text in fields[5].split("}{")]
    return Transaction(fields[0], [(txid, int(number)) for txid, number, _ in spends],
                       [int(value) for _, _, value in spends],
                       [int(value) for value, _, _ in outputs], [kind for _, _, kind in outputs])


def read_sets(folder):
    """{name of the set: its lines}"""
    sets = {}
    for name, (archive, member) in SETS.items():
        with zipfile.ZipFile(folder / archive) as opened:
            text = opened.read(f"Scanner/{member}.txt").decode("utf-8-sig")
        sets[name] = [line for line in text.splitlines() if line]
    return sets


def table(heading, rows):
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


class Measured:
    """All sets, and what the program says of each transaction in them."""

    def __init__(self, program, folder):
        self.sets = {name: [parse(line) for line in lines]
                     for name, lines in read_sets(folder).items()}
        self.lines = {name: {line.split(":::")[0]: line for line in lines}
                      for name, lines in read_sets(folder).items()}
        self.found = {name: recognised(program, "\n".join(lines))
                      for name, lines in read_sets(folder).items()}
        self.everything = {txid: row for found in self.found.values()
                           for txid, row in found.items()}
        self.outputs = {transaction.txid: transaction.outputs
                        for transactions in self.sets.values() for transaction in transactions}
        self.spender = {}
        for transactions in self.sets.values():
            for transaction in transactions:
                for outpoint in transaction.spends:
                    self.spender[outpoint] = transaction.txid

    def counts(self, name):
        return collections.Counter(row["protocol"] for row in self.found[name].values())

    def of(self, name, protocol):
        return [transaction for transaction in self.sets[name]
                if self.found[name].get(transaction.txid, {}).get("protocol") == protocol]

    def beside(self, transactions, known):
        """How many of these spend from, or are spent by, a transaction in `known`."""
        def touches(transaction):
            after = (self.spender.get((transaction.txid, number))
                     for number in range(len(transaction.outputs)))
            return (any(txid in known for txid, _ in transaction.spends) or
                    any(txid in known for txid in after))
        return sum(map(touches, transactions))


    def spends_change_of(self, protocol, transaction):
        """Whether an input is an output that was no equal one of such a transaction."""
        for txid, number in transaction.spends:
            row = self.everything.get(txid)
            if row and row["protocol"] == protocol:
                if self.outputs[txid][number] != int(row["denomination"]):
                    return True
        return False


def most_equal(transaction):
    return max(collections.Counter(transaction.outputs).values())


def whole_table(measured):
    rows = []
    for name, transactions in measured.sets.items():
        counts = measured.counts(name)
        rows.append([name, len(transactions), *(counts[protocol] for protocol in PROTOCOLS),
                     len(transactions) - sum(counts.values())])
    return table(["set", "transactions", *PROTOCOLS, "nothing"], rows)


def hits(measured, name, members, protocol):
    """[protocol, set, transactions, hits, misses, other claims] for members of a set."""
    members = {transaction.txid for transaction in members}
    claims = collections.Counter(row["protocol"] for txid, row in measured.found[name].items()
                                 if txid in members)
    others = {other: count for other, count in claims.items() if other != protocol}
    words = ", ".join(f"{count} {other}" for other, count in sorted(others.items())) or "none"
    return [protocol, name, len(members), claims[protocol], len(members) - claims[protocol], words]


def hit_rows(measured):
    tx0s = [transaction for transaction in measured.sets["Whirlpool's parents"]
            if "TxNullData" in transaction.kinds]
    other = measured.sets["other, June 2024"]
    return [
        hits(measured, "Whirlpool, March 2024", measured.sets["Whirlpool, March 2024"],
             "whirlpool"),
        hits(measured, "Whirlpool's parents", tx0s, "whirlpool_tx0"),
        hits(measured, "Wasabi 1, August 2021", measured.sets["Wasabi 1, August 2021"],
             "wasabi1"),
        hits(measured, "other, June 2024", [t for t in other if most_equal(t) >= 3],
             "joinmarket"),
        hits(measured, "other, June 2024", [t for t in other if most_equal(t) == 2],
             "joinmarket"),
    ]


def unexpected_rows(measured):
    """CoinJoins found where the sets' makers saw none, and what speaks for each."""
    whirlpool = {transaction.txid for transaction in measured.sets["Whirlpool, March 2024"]}
    rows = []
    for name in ("Whirlpool's parents", "after Whirlpool", "after Wasabi 1", "after other"):
        for protocol in COINJOINS:
            claimed = measured.of(name, protocol)
            if not claimed:
                continue
            beside = measured.beside(claimed, whirlpool) if protocol == "whirlpool" else "-"
            kinds = sum(len(set(transaction.kinds)) > 1 for transaction in claimed)
            equal = sorted(map(most_equal, claimed))
            fewer, again = "-", "-"
            if protocol == "joinmarket":
                fewer = sum(len(t.outputs) == 2 * most_equal(t) - 1 for t in claimed)
                again = sum(measured.spends_change_of(protocol, t) for t in claimed)
            rows.append([name, protocol, len(claimed), beside, kinds,
                         f"{equal[0]} to {equal[-1]}", fewer, again])
    return rows


def base_rows(measured):
    """Of what the Wasabi 1 set's are called: equal outputs, their value, how many taken back."""
    name = "Wasabi 1, August 2021"
    rows = []
    for protocol in COINJOINS:
        claimed = measured.of(name, protocol)
        if not claimed:
            continue
        equal = sorted(map(most_equal, claimed))
        values = [int(measured.found[name][transaction.txid]["denomination"])
                  for transaction in claimed]
        rows.append([protocol, len(claimed), f"{equal[0]} to {equal[-1]}",
                     f"{min(values):,} to {max(values):,}",
                     sum(transaction.txid in TAKEN_BACK for transaction in claimed)])
    return rows


def order_rows(measured):
    """Of each set's CoinJoins with equal outputs: which sides stand in the order of values, the
    smallest first."""
    rows = []
    for name in measured.sets:
        for protocol in ("wasabi1", "joinmarket", "equal_outputs"):
            claimed = measured.of(name, protocol)
            if not claimed:
                continue
            sides = collections.Counter((one.inputs == sorted(one.inputs),
                                         one.outputs == sorted(one.outputs)) for one in claimed)
            rows.append([name, protocol, len(claimed), sides[True, True], sides[False, True],
                         sides[True, False], sides[False, False]])
    return rows


def books_rows(measured):
    """Of each set's JoinMarket rounds: whether their books settle, and whether chance does that."""
    rows = []
    for name in measured.sets:
        claimed = measured.of(name, "joinmarket")
        if claimed:
            rounds = [(one.inputs, one.outputs,
                       int(measured.found[name][one.txid]["denomination"])) for one in claimed]
            rows.append([name, len(claimed), *joinmarket_books.count(rounds)])
    return rows


def with_outputs(line, number, values):
    """A set's transaction with other values, under an id of its own."""
    fields = line.split(":::")
    outputs = [[str(value), *text.split("+")[1:]]
               for value, text in zip(values, fields[5].split("}{"))]
    return ":::".join([f"{number:064x}", *fields[1:5], "}{".join(map("+".join, outputs))])


def moved_rows(measured, program, tries=3):
    """What JoinMarket's rounds are called once each change is moved, so that no books settle but by
    chance: those whose inputs the recogniser can divide, and those that have too many."""
    chance = random.Random(7)
    lines = {True: [], False: []}
    for name in measured.sets:
        for one in measured.of(name, "joinmarket"):
            equal = int(measured.found[name][one.txid]["denomination"])
            few = lines[len(one.inputs) <= DIVIDED_MOST]
            few += [with_outputs(measured.lines[name][one.txid], len(few) + i,
                                 joinmarket_books.moved(one.outputs, equal, chance))
                    for i in range(tries)]
    rows = []
    for few, of_them in lines.items():
        counts = collections.Counter(
            row["protocol"] for row in recognised(program, "\n".join(of_them)).values())
        words = "14 inputs or fewer" if few else "more inputs"
        rows.append([words, len(of_them) // tries, len(of_them), counts["joinmarket"],
                     counts["equal_outputs"], len(of_them) - sum(counts.values())])
    return rows


def block_rows(program, folder):
    """Whole blocks of the main chain: what is recognised of everyday transactions."""
    rows = []
    for block in ("block-367891", "block-866342"):
        lines = real_blocks.lines_of(folder / block)
        counts = collections.Counter(
            row["protocol"] for row in recognised(program, "\n".join(lines)).values())
        rows.append([block, len(lines), *(counts[protocol] for protocol in PROTOCOLS)])
    with tempfile.TemporaryDirectory() as scratch:
        ledger = pathlib.Path(scratch) / "L"
        run(program, "ingest", "blocks", folder / "mainnet-0-4312", "--ledger", ledger, "--quiet")
        answer = json.loads(run(program, "detect", "coinjoin", "--ledger", ledger, "--quiet",
                                "--json", "-"))
    rows.append(["mainnet-0-4312", answer["looked_at"],
                 *(answer["counts"][protocol] for protocol in PROTOCOLS)])
    return rows


def emulated_rows(program, folder):
    """Real Wasabi 2 software on a test network: what is recognised in its blocks."""
    with tempfile.TemporaryDirectory() as scratch:
        ledger = pathlib.Path(scratch) / "L"
        run(program, "ingest", "blocks", folder, "--network", "regtest", "--ledger", ledger,
            "--quiet")
        answer = json.loads(run(program, "detect", "coinjoin", "--ledger", ledger, "--quiet",
                                "--json", "-"))
    sizes = ", ".join(f"{found['inputs']} to {found['outputs']}" for found in answer["found"])
    return [["emulated Wasabi 2", answer["looked_at"], answer["counts"]["wasabi2"],
             len(answer["found"]) - answer["counts"]["wasabi2"], sizes]]


def false_list(measured, folder):
    listed = set()
    for file in sorted((folder / "known-false").glob("*.json")):
        listed |= {txid for txids in json.loads(file.read_text()).values() for txid in txids}
    present = {transaction.txid for transactions in measured.sets.values()
               for transaction in transactions}
    return len(listed), len(listed & present)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=ROOT / "build" / "tracehound")
    parser.add_argument("--data", default=ROOT.parent / "shared" / "data", type=pathlib.Path)
    options = parser.parse_args()
    folder = options.data / "coinjoin"
    if not folder.is_dir():
        sys.exit(f"there is no {folder}: the published sets are not part of the project")
    measured = Measured(options.program, folder)
    print("What every transaction of every set is recognised as:\n")
    print(whole_table(measured))
    print("Hits and misses where the set says what it holds:\n")
    print(table(["protocol", "set", "transactions", "hits", "misses", "called something else"],
                hit_rows(measured)))
    print("The equal outputs of the Wasabi 1 set, in satoshi:\n")
    print(table(["called", "transactions", "equal outputs", "each of", "taken back by its makers"],
                base_rows(measured)))
    print("In the order of values, the smallest first:\n")
    print(table(["set", "called", "transactions", "both sides", "outputs alone", "inputs alone",
                 "neither"], order_rows(measured)))
    print("JoinMarket's books:\n")
    print(table(["set", "called joinmarket", f"of {joinmarket_books.INPUTS_MOST} inputs or fewer",
                 "settle", "changes moved by chance", "settle"], books_rows(measured)))
    print("The same rounds with each change moved:\n")
    print(table(["rounds of", "rounds", "moved", "called joinmarket", "equal_outputs", "nothing"],
                moved_rows(measured, options.program)))
    print("CoinJoins in sets that were made as others:\n")
    print(table(["set", "called", "transactions", "beside a published mix",
                 "outputs of several kinds", "equal outputs", "one change less",
                 "spend a round's change"], unexpected_rows(measured)))
    print("Whole blocks of the main chain:\n")
    print(table(["blocks", "transactions", *PROTOCOLS],
                block_rows(options.program, options.data / "bitcoin")))
    print("A test network:\n")
    print(table(["set", "transactions", "wasabi2", "anything else", "inputs to outputs"],
                emulated_rows(options.program, options.data / "bitcoin" / "emulated-wasabi2")))
    listed, present = false_list(measured, folder)
    print(f"Known false alarms of other rules: {listed} ids; the sets here hold {present} of them.")


if __name__ == "__main__":
    main()
