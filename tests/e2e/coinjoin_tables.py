"""CoinJoin recognisers on published sets of real transactions, and the same answer from a ledger as
from text. The sets lie beside the project and are no part of it."""

import csv
import json
import pathlib
import sys

from support.harness import PROGRAM, ROOT, Skip, check, equal, ingest, main, run

sys.path.insert(0, str(ROOT / "tests" / "accuracy"))
import coinjoin  # noqa: E402, from the folder just named
import joinmarket_books  # noqa: E402

DATA = pathlib.Path(ROOT.parent / "shared" / "data")
KINDS = {"p2pk": "TxPubkey", "p2pkh": "TxPubkeyhash", "p2sh": "TxScripthash",
         "p2wpkh": "TxWitnessV0Keyhash", "p2wsh": "TxWitnessV0Scripthash",
         "multisig": "TxMultisig", "op_return": "TxNullData"}


def published_sets_as_docs_accuracy_says(folder):
    if not (DATA / "coinjoin").is_dir():
        raise Skip(f"there is no {DATA / 'coinjoin'}")
    measured = coinjoin.Measured(PROGRAM, DATA / "coinjoin")
    rows = {(row[0], row[1], row[2]): (row[3], row[4]) for row in coinjoin.hit_rows(measured)}
    equal(rows[("whirlpool", "Whirlpool, March 2024", 1403)], (1403, 0), "Whirlpool mixes")
    equal(rows[("whirlpool_tx0", "Whirlpool's parents", 749)], (749, 0), "Whirlpool Tx0s")
    equal(rows[("joinmarket", "other, June 2024", 432)], (0, 432), "two equal outputs")
    wasabi = measured.counts("Wasabi 1, August 2021")
    equal(dict(wasabi), {"wasabi1": 186, "joinmarket": 10}, "Wasabi 1")
    for name in ("after Whirlpool", "after Wasabi 1", "after other"):
        check(measured.counts(name)["wasabi1"] == 0, f"{name}: no round of Wasabi 1")
        for round_ in measured.of(name, "joinmarket"):
            equal_value = int(measured.found[name][round_.txid]["denomination"])
            check(measured.spends_change_of("joinmarket", round_) or
                  (len(round_.inputs) <= joinmarket_books.INPUTS_MOST and
                   joinmarket_books.settles(round_.inputs, round_.outputs, equal_value)),
                  f"{name}: {round_.txid} spends no round's change and its books do not settle")
    equal(coinjoin.order_rows(measured)[1:3],
          [["Wasabi 1, August 2021", "wasabi1", 186, 186, 0, 0, 0],
           ["Wasabi 1, August 2021", "joinmarket", 10, 0, 0, 0, 10]], "order of values")
    # Whirlpool's shape outside of its set is a mix that pays some other kind of address.
    for name in ("Whirlpool's parents", "after Whirlpool"):
        for transaction in measured.of(name, "whirlpool"):
            check(len(set(transaction.kinds)) > 1, f"{transaction.txid}: one kind of address only")
    return "1,403 mixes, 749 Tx0s, 196 Wasabi 1 transactions, 567 others, 4,045 after them"


def lines_of(transactions):
    """The ledger's transactions as lines of text; an address stands for its script."""
    kind_of = {coin["coin"]: coin["script"] for tx in transactions for coin in tx["outputs"]}

    def script(address, kind):
        return "5120" + address.ljust(64, "_")[-64:] if kind == "p2tr" else address

    lines = []
    for tx in transactions:
        if tx["coinbase"]:
            continue
        inputs = []
        for coin in tx["inputs"]:
            kind = kind_of[coin["coin"]]
            inputs.append(f"{coin['coin'].replace(':', '-')}-{coin['value']}+"
                          f"{script(coin['address'], kind)}+{KINDS.get(kind, 'Unknown')}")
        outputs = [f"{coin['value']}+{script(coin['address'], coin['script'])}+"
                   f"{KINDS.get(coin['script'], 'Unknown')}" for coin in tx["outputs"]]
        lines.append(f"{tx['txid']}:::{'0' * 64}:::0:::{tx['time']}:::{'}{'.join(inputs)}:::"
                     f"{'}{'.join(outputs)}")
    return "\n".join(lines)


def from_text_as_from_the_ledger(ledger, blocks):
    shown = json.loads(run("show", "block", "-", "--json", "-", "--ledger", ledger,
                           stdin="\n".join(map(str, range(blocks)))).out)
    txids = [txid for block in shown["found"] for txid in block["txids"]]
    transactions = json.loads(run("show", "tx", "-", "--json", "-", "--ledger", ledger,
                                  stdin="\n".join(txids)).out)["found"]
    command = ("detect", "coinjoin", "--csv", "-", "--quiet")
    by_ledger = list(csv.DictReader(run(*command, "--ledger", ledger).out.decode().splitlines()))
    by_text = list(csv.DictReader(run(*command, "--lines", "-", stdin=lines_of(transactions))
                                  .out.decode().splitlines()))
    for row in by_ledger:
        row["height"] = ""  # which a line does not have
    equal(by_text, by_ledger, "by text and by ledger")
    return {row["txid"]: row["protocol"] for row in by_ledger}


def simulated_chain(folder):
    run("synth", "--out", folder / "w", "--blocks", 250, "--txs-per-block", 40, "--quiet")
    ingest(folder / "w" / "blocks", folder / "L", "--quiet")
    found = from_text_as_from_the_ledger(folder / "L", 250)
    mixes = {mix["txid"] for mix in json.loads((folder / "w" / "truth.json").read_text())["mixes"]}
    equal(set(found), mixes, "what is recognised, and the mixes there truly are")
    return f"{len(mixes)} mixes, all of them and nothing else; the same from text"


def real_wasabi_2_software(folder):
    blocks = DATA / "bitcoin" / "emulated-wasabi2"
    if not blocks.is_dir():
        raise Skip(f"there is no {blocks}")
    ingest(blocks, folder / "L", "--quiet")
    found = from_text_as_from_the_ledger(folder / "L", 324)
    equal(list(found.values()), ["wasabi2"] * 6, "the rounds")
    return "6 rounds of 13 to 31 inputs, nothing else; the same from text"


def whole_blocks_of_everyday_transactions(_):
    if not (DATA / "bitcoin").is_dir():
        raise Skip(f"there is no {DATA / 'bitcoin'}")
    rows = coinjoin.block_rows(PROGRAM, DATA / "bitcoin")
    equal([sum(row[2:]) for row in rows], [0, 0, 0], "recognised in whole blocks")
    return f"nothing in {sum(row[1] for row in rows):,} transactions"


if __name__ == "__main__":
    main([simulated_chain, published_sets_as_docs_accuracy_says, real_wasabi_2_software,
          whole_blocks_of_everyday_transactions])
