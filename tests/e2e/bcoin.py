"""bcoin, a second implementation that shares no code with anyone here: our ledger of the chain it
makes, and its verdict on the chains that we make."""

import json
import shutil
import subprocess

from support import agreement, bitcoin, scripts, tracing
from support.agreement import Book
from support.harness import ROOT, SECONDS, Skip, Wrong, check, equal, ingest, main, run

SCRIPT = ROOT / "tests" / "e2e" / "node" / "bcoin_chain.js"
KEY_PREFIX, SCRIPT_PREFIX, BECH32_PREFIX = scripts.NETWORKS["regtest"]


def bcoin(verb, text=""):
    """bcoin's word on each block of its chain."""
    if shutil.which("node") is None or not (SCRIPT.parent / "node_modules" / "bcoin").is_dir():
        raise Skip("bcoin is not installed; script/setup does it")
    done = subprocess.run(["node", str(SCRIPT), verb], input=text.encode(), capture_output=True,
                          timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise Wrong(f"bcoin: {done.stderr.decode(errors='replace').strip()[:2000]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def address_of(address):
    """bcoin's address, whose prefixes are its own, as the network writes it."""
    payload = bytes.fromhex(address["hash"])
    if address["type"] == "pubkeyhash":
        return scripts.base58check(KEY_PREFIX, payload)
    if address["type"] == "scripthash":
        return scripts.base58check(SCRIPT_PREFIX, payload)
    return scripts.segwit_address(BECH32_PREFIX, address["version"], payload)


def check_output(output):
    script = bytes.fromhex(output["script"])
    kind, address = scripts.describe(script, "regtest")
    if kind == "multisig":  # for which bcoin writes the P2SH address of the script
        address = scripts.base58check(SCRIPT_PREFIX, scripts.hash160(script))
    if output["address"] is None:
        check(kind in ("op_return", "other"), f"bcoin has no address for {output['script']}")
    else:
        equal(address_of(output["address"]), address, f"bcoin's address of {output['script']}")


def book_of(described):
    """bcoin's word as a book, checked against itself: the coins that it says each input spent, with
    value and script, are the ones that its transactions made."""
    blocks = []
    for block in described:
        transactions = []
        for tx in block["txs"]:
            for output in tx["outputs"]:
                check_output(output)
            transactions.append({
                "txid": tx["txid"], "coinbase": tx["coinbase"], "weight": tx["weight"],
                "inputs": [spent["coin"] for spent in tx["inputs"]],
                "outputs": [(o["value"], bytes.fromhex(o["script"])) for o in tx["outputs"]]})
        blocks.append({"hash": block["hash"], "time": block["time"], "txs": transactions})
    book = Book(blocks, "regtest")
    words = [tx for block in described for tx in block["txs"]]
    for tx, ours in zip(words, book.transactions):
        for spent in tx["inputs"]:
            kind, address = scripts.describe(bytes.fromhex(spent["spent"]["script"]), "regtest")
            coin = book.coins[spent["coin"]]
            equal((coin["value"], coin["address"], coin["script"], coin["spent_by"]),
                  (str(spent["spent"]["value"]), address, kind, tx["txid"]),
                  f"bcoin's record of {spent['coin']}")
        equal(book.transaction(ours)["fee"], str(tx["fee"]), f"bcoin's fee of {tx['txid']}")
    return book


def coins_with_a_past(book, count):
    """Spent coins from all along the chain."""
    spent = [coin["coin"] for coin in book.coins.values() if coin["spent_by"]]
    return spent[::len(spent) // count][:count]


def a_chain_that_bcoin_made(folder):
    described = bcoin("make")
    book = book_of(described)
    kinds = {coin["script"] for coin in book.coins.values()}
    equal(kinds, {"p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "multisig", "op_return"},
          "kinds of script in bcoin's chain")
    blocks = [bytes.fromhex(block["hex"]) for block in described]
    half = len(blocks) // 2
    bitcoin.write_blocks(folder / "blocks", blocks[half:], "blk00000.dat")
    bitcoin.write_blocks(folder / "blocks", blocks[:half][::-1], "blk00001.dat")
    ledger = folder / "ledger"
    ingest(folder / "blocks", ledger)
    agreement.sound(ledger)
    counted = agreement.agree(ledger, book)
    return f"{counted}; {tracing.traces_agree(ledger, book, coins_with_a_past(book, 3))}"


def world(folder, theft, seed):
    """A simulated chain, connected by bcoin as if it had come from the network: proof of work,
    merkle roots, heights in coinbases, witness commitments, coinbase maturity, rewards, sigops,
    locktimes, every coin spent there and unspent; all but the signatures, which are made up."""
    run("synth", "--out", folder / "world", "--blocks", 400, "--seed", seed, "--theft", theft,
        "--txs-per-block", 20, "--quiet")
    blocks = bitcoin.read_records(folder / "world" / "blocks")
    equal(len(blocks), 400, "blocks in the simulated chain's files")
    book = book_of(bcoin("take", "".join(raw.hex() + "\n" for raw in blocks)))
    ledger = folder / "ledger"
    ingest(folder / "world" / "blocks", ledger)
    counted = agreement.agree(ledger, book)
    return f"{counted}; {tracing.traces_agree(ledger, book, coins_with_a_past(book, 2))}"


def a_world_with_a_drained_hot_wallet(folder):
    return world(folder, "hot-wallet", 11)


def a_world_with_swept_wallets(folder):
    return world(folder, "wallet-sweep", 12)


if __name__ == "__main__":
    main([a_chain_that_bcoin_made, a_world_with_a_drained_hot_wallet, a_world_with_swept_wallets])
