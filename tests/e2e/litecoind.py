"""A chain that litecoind made, its own block files and its own word on every transaction: the
ledger must agree in all of it, while the node runs, across reorganisations and with MWEB."""

import json
import shutil
import threading

from support import agreement, bitcoin, tracing
from support.bundles import plain_verify
from support.harness import (BAD_INPUT, Wrong, check, equal, fingerprint, ingest, main, run,
                             same_bytes, sentence)
from support.litecoin_node import NETWORK, NO_MWEB, History, Node, book_of, units

ALL_KINDS = {"p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr", "witness_other", "multisig",
             "op_return", "other"}


def take(node, ledger, **options):
    return ingest(node.blocks, ledger, network=NETWORK, **options)


def tip_of(ledger):
    return agreement.info(ledger)["tip"]


def check_unspent(node, ledger, book):
    """The node's own set of unspent coins: how many, how much, and by script for wallets' forms."""
    theirs = node("gettxoutsetinfo")
    facts = agreement.info(ledger)["unspent"]
    genesis = int(book.coins[f"{book.transactions[0]['txid']}:0"]["value"])
    equal(facts["coins"] - 1, theirs["txouts"], "unspent coins without the genesis block's")
    equal(int(facts["value"]) - genesis, units(theirs["total_amount"]), "their value")
    addresses = [coin["address"] for coin in book.unspent()
                 if coin["script"] in ("p2sh", "p2wpkh", "p2wsh")]
    addresses = sorted(set(addresses))[::5]
    found = node("scantxoutset", "start", [f"addr({address})" for address in addresses])
    balances = agreement.show("address", addresses, ledger)
    equal(sum(int(shown["balance"]) for shown in balances), units(found["total_amount"]),
          f"what {len(addresses)} addresses hold")


def seeds_of(book):
    """Coins with a long way behind them: coinbases that were spent, and one from a payment."""
    spent = [coin["coin"] for coin in book.coins.values() if coin["spent_by"]]
    firsts = {f"{tx['txid']}:0" for tx in book.transactions if tx["coinbase"]}
    mined = [name for name in spent if name in firsts]
    paid = [name for name in spent if name not in firsts]
    return [mined[0], mined[len(mined) // 2], paid[len(paid) // 3]]


def evidence_agrees(ledger, folder, seeds, blocks, node=None):
    """A bundle of these coins, checked by both verifiers: each header's work is by scrypt. From a
    running node it is the one that its block files give."""
    (folder / "theft.yaml").write_text("name: as if stolen\nseeds:\n" + "".join(
        f"- {{coin: '{seed}'}}\n" for seed in seeds))
    made = ("incident", "evidence", folder / "theft.yaml", "--method", "fifo,haircut,poison",
            "--ledger", ledger, "--quiet", "--out")
    run(*made, folder / "bundle", "--blocks", blocks)
    if node:
        run(*made, folder / "by-node", "--rpc", f"http://127.0.0.1:{node.port}", "--cookie",
            node.folder / "regtest" / ".cookie")
        same_bytes(folder / "by-node", fingerprint(folder / "bundle"), "a bundle from the node")
    said = run("verify", folder / "bundle").out.decode()
    check("holds" in said and "MWEB" in said, f"verify says: {said}")
    told = plain_verify(folder / "bundle")
    check(NETWORK.replace("-", ":") in told, f"verify.py says: {told}")
    held = json.loads((folder / "bundle" / "result.json").read_text())["traces"][0]["touched"]
    return f"evidence of {held['transactions']} transactions"


def a_chain_of_every_kind(folder):
    with Node(folder / "node", NO_MWEB) as node:
        history = History(node)
        history.coinbases()
        history.payments(14)
        history.many_outputs_then_inputs()
        history.odd_scripts()
        history.one_after_the_other(20)
        history.payments(3)
        node.branch_off(3, 5)
        history.payments(3)
        history.confirm(110)
        book, kinds = book_of(node)
        equal(kinds, ALL_KINDS, "kinds of script in the chain")
        take(node, folder / "live")
        agreement.agree(folder / "live", book)
        check_unspent(node, folder / "live", book)
        shown = evidence_agrees(folder / "live", folder, seeds_of(book), node.blocks, node)
    said = take(node, folder / "ledger").out.decode()
    check("3 on side branches" in said, f"the 3 blocks left behind are passed over: {said}")
    same_bytes(folder / "ledger", fingerprint(folder / "live"), "the node stopped against running")
    agreement.sound(folder / "ledger")
    walked = tracing.traces_agree(folder / "ledger", book, seeds_of(book))
    return f"{agreement.agree(folder / 'ledger', book)}; {walked}; {shown}"


def a_node_that_goes_on(folder):
    """The ledger follows a running node: new blocks, half a record, and a branch with more work."""
    ledger = folder / "ledger"
    with Node(folder / "node", NO_MWEB) as node:
        history = History(node)
        history.confirm(120)
        take(node, ledger)
        equal(tip_of(ledger)["hash"], node.tip(), "the tip while the node runs")
        history.payments(2)
        take(node, ledger)
        equal(tip_of(ledger)["hash"], node.tip(), "the tip two blocks later")
        equal(race(node, history, ledger), [], "ingests that failed while the node wrote")
        take(node, ledger)
        equal(tip_of(ledger)["hash"], node.tip(), "the tip after the race")

        equal_work(node, history, ledger)
        node.branch_off(5, 8)
        take(node, ledger)
        equal(tip_of(ledger)["hash"], node.tip(), "the tip of the branch with more work")
        take(node, folder / "fresh")
        same_bytes(ledger, fingerprint(folder / "fresh"), "the ledger that turned back, to a fresh")
        agreement.sound(ledger)
        book, _ = book_of(node)
    half_a_record(node, folder)
    the_other_regtest(node, folder)
    return agreement.agree(ledger, book)


def race(node, history, ledger):
    """Ingests again and again while the node mines; what went wrong."""
    own = Node(node.folder)  # a connection of the thread's own
    own.port = node.port

    def mine():
        for _ in range(60):
            own.mine(1, history.home)
        own.hang_up()

    miner = threading.Thread(target=mine)
    wrong = []
    miner.start()
    heights = []
    while miner.is_alive() or not heights:
        try:
            take(node, ledger)
            tip = tip_of(ledger)
            equal(node("getblockhash", tip["height"]), tip["hash"], "the block at the tip")
            heights.append(tip["height"])
        except Wrong as problem:
            wrong.append(str(problem))
            break
    miner.join()
    equal(heights, sorted(heights), "the tip's heights while the node mines")
    return wrong


def equal_work(node, history, ledger):
    """A branch with no more work than the ledger's does not move it."""
    before = fingerprint(ledger)
    tip = node.tip()
    node.branch_off(1, 1)
    check(node.tip() != tip, "the node left its tip")
    take(node, ledger)
    same_bytes(ledger, before, "after a branch of equal work")
    node.mine(1, history.home)
    take(node, ledger)
    equal(tip_of(ledger)["hash"], node.tip(), "the tip once the branch has more work")


def half_a_record(node, folder):
    """The file as it is while its last block is being written: left for next time, then taken."""
    whole = folder / "whole"
    partial = folder / "partial"
    for place in (whole, partial):
        place.mkdir()
        shutil.copy(node.blocks / "blk00000.dat", place)
    data = (whole / "blk00000.dat").read_bytes().rstrip(b"\0")
    (partial / "blk00000.dat").write_bytes(data[:-40])
    said = ingest(partial, folder / "halved", network=NETWORK)
    check("left for next time" in said.err and "blk00000.dat" in said.err,
          f"the unfinished record is told of: {said.err}")
    reached = tip_of(folder / "halved")["height"]
    ingest(whole, folder / "halved", network=NETWORK)
    equal(tip_of(folder / "halved")["height"], reached + 1, "the height once it is whole")


def the_other_regtest(node, folder):
    """Litecoin's regtest shares magic and prefixes with Bitcoin's: the genesis block tells."""
    refused = ingest(node.blocks, folder / "other", network="regtest", code=BAD_INPUT)
    sentence(refused, "genesis")
    check(not (folder / "other" / "manifest").exists(), "no ledger was begun")
    chain = bitcoin.Chain()
    chain.grow(3)
    theirs = bitcoin.write_blocks(folder / "theirs", chain.blocks)
    before = fingerprint(folder / "ledger")
    refused = ingest(theirs, folder / "ledger", network="regtest", code=BAD_INPUT)
    sentence(refused, folder / "ledger", "litecoin:regtest", "bitcoin:regtest")
    same_bytes(folder / "ledger", before, "Litecoin's ledger after Bitcoin's blocks")


def a_chain_with_mweb(folder):
    """Peg-ins, peg-outs and the HogEx transactions that tie the extension block to the chain."""
    with Node(folder / "node") as node:
        history = History(node)
        history.confirm(431)
        node("sendtoaddress", node("getnewaddress", "", "mweb"), "3.5")
        history.confirm()
        mweb = node("getblockchaininfo")["softforks"]["mweb"]
        check(mweb["active"], f"MWEB is active: {mweb}")
        node("createwallet", "private")
        # Several wallets are open from here on: each call names one through its path.
        private = Wallet(node, "private")
        first = Wallet(node, "w")
        for number in range(4):
            first("sendtoaddress", private("getnewaddress", "", "mweb"), f"3{number}.5")
            first("sendtoaddress", history.stranger(), "0.5")
            history.confirm()
        for _ in range(3):
            private("sendtoaddress", history.stranger(), "0.75")
            private("sendtoaddress", history.home, "20")
            history.confirm()
        history.confirm(7)
        first("sendtoaddress", history.home, str(first("getbalance") - 5))
        history.confirm()
        book, kinds = book_of(node)
        hogex = [tx for block in book.blocks for tx in block["txs"][1:]
                 if tx["outputs"][0][1][:2] == b"\x58\x20"]
        check(len(hogex) >= 15, f"{len(hogex)} HogEx transactions")
        pegged_out = sum(len(tx["outputs"]) - 1 for tx in hogex)
        pegged_in = sum(len(tx["inputs"]) - 1 for tx in hogex[1:])
        check(pegged_out >= 6 and pegged_in >= 4, f"{pegged_in} peg-ins, {pegged_out} peg-outs")
    ledger = folder / "ledger"
    take(node, ledger)
    agreement.sound(ledger)
    counted = agreement.agree(ledger, book)
    pegs = [f"{tx['txid']}:0" for tx in hogex[:1]]
    walked = tracing.traces_agree(ledger, book, pegs)
    evidence_agrees(ledger, folder, pegs, node.blocks)
    return f"{counted}; {pegged_in} peg-ins, {pegged_out} peg-outs; {walked}"


class Wallet:
    """One wallet of a node that has several open."""

    def __init__(self, node, name):
        self.node = node
        self.name = name

    def __call__(self, method, *parameters):
        return self.node(method, *parameters, wallet=self.name)


if __name__ == "__main__":
    main([a_chain_of_every_kind, a_node_that_goes_on, a_chain_with_mweb])
