"""Clusters of real chains: the first 4,313 blocks of Bitcoin against clusters found by another
program; and Wasabi 2 software on a test network, whose true owners are known, with CoinJoins
recognised and without; what is found is held against all that the data lets anybody find. The data
lies beside the project and is no part of it."""

import collections
import csv
import io
import itertools
import json

from support.harness import ROOT, Skip, check, equal, ingest, main, run

DATA = ROOT.parent / "shared" / "data" / "bitcoin"


def exported(ledger, *name):
    """{cluster: its addresses}, of clusters of two or more."""
    text = run("cluster", "export", *name, "--csv", "-", "--ledger", ledger).out.decode()
    clusters = collections.defaultdict(set)
    for row in csv.DictReader(io.StringIO(text)):
        clusters[row["cluster"]].add(row["address"])
    return clusters


def data(name):
    if not (DATA / name).is_dir():
        raise Skip(f"there is no {DATA / name}")
    return DATA / name


def first_blocks_of_bitcoin_have_the_clusters_another_program_finds(folder):
    blocks = data("mainnet-0-4312")
    ledger = folder / "L"
    ingest(blocks, ledger, "--quiet", network="main")
    expected = collections.defaultdict(set)
    with open(blocks / "multi_input_clusters.csv", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            expected[row["cluster"]].add(row["address"])
    expected = sorted(map(sorted, expected.values()))
    equal(sorted(map(sorted, exported(ledger).values())), expected, "clusters made when asked")
    run("cluster", "build", "--ledger", ledger)
    equal(sorted(map(sorted, exported(ledger).values())), expected, "clusters on disk")
    for members in expected:
        for address in members[1:]:
            run("cluster", "why", members[0], address, "--ledger", ledger)
    return f"{len(expected)} clusters of {sum(map(len, expected))} addresses"


def pairs(groups):
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def measure(clusters, owners):
    """Pairwise precision and recall among the addresses whose owner is known."""
    truth = collections.defaultdict(set)
    for address, owner in owners.items():
        truth[owner].add(address)
    true = pairs(truth.values())
    said = pairs(members & owners.keys() for members in clusters.values())
    return len(said), len(said & true), len(true)


def transactions_of(ledger):
    blocks = json.loads(run("info", "--json", "-", "--ledger", ledger).out)["blocks"]
    heights = "\n".join(map(str, range(blocks)))
    found = json.loads(run("show", "block", "-", "--json", "-", "--ledger", ledger,
                           stdin=heights).out)["found"]
    txids = "\n".join(txid for block in found for txid in block["txids"])
    return [tx for tx in json.loads(run("show", "tx", "-", "--json", "-", "--ledger", ledger,
                                        stdin=txids).out)["found"] if not tx["coinbase"]]


def findable(ledger, owners):
    """(pairs joined by transactions that are no CoinJoins, pairs that a CoinJoin's amounts force):
    the most that addresses and amounts tell. An output is its input's owner's for certain only
    where all the others together could not have paid it."""
    said = run("detect", "coinjoin", "--csv", "-", "--ledger", ledger).out.decode()
    mixes = {row["txid"] for row in csv.DictReader(io.StringIO(said)) if row["coinjoin"] == "1"}
    groups, forced = [], set()
    for tx in transactions_of(ledger):
        spent = {coin["address"] for coin in tx["inputs"]}
        if tx["txid"] not in mixes:
            touching = [group for group in groups if group & spent]
            groups = [group for group in groups if not group & spent]
            groups.append(spent.union(*touching))
            continue
        total = sum(int(coin["value"]) for coin in tx["inputs"])
        forced |= {frozenset((coin["address"], paid["address"]))
                   for coin in tx["inputs"] for paid in tx["outputs"]
                   if int(paid["value"]) > total - int(coin["value"])
                   and {coin["address"], paid["address"]} <= owners.keys()}
    return pairs(group & owners.keys() for group in groups), forced


def owners_of_emulated_wallets_are_never_merged(folder):
    blocks = data("emulated-wasabi2")
    ledger = folder / "L"
    ingest(blocks, ledger, "--quiet", network="regtest")
    with open(blocks / "ground_truth_owner.csv", encoding="utf-8") as rows:
        owners = {row["address"]: row["owner_wallet"] for row in csv.DictReader(rows)}
    said, right, true = measure(exported(ledger), owners)
    run("cluster", "build", "--with-coinjoins", "--name", "all", "--ledger", ledger)
    all_said, all_right, _ = measure(exported(ledger, "--name", "all"), owners)
    words = (f"CoinJoins left out: {said} pairs said, {right} right, of {true} true ones; "
             f"joined by them: {all_said} said, {all_right} right")
    equal(right, said, f"right pairs ({words})")
    joined, forced = findable(ledger, owners)
    words += f"; anybody could find {len(joined)} by spends and {len(forced)} by amounts"
    equal(right, len(joined), f"pairs found of those that spends show ({words})")
    equal(len(forced), 0, f"pairs that amounts force and no rule looks for ({words})")
    check(all_right < all_said, f"the data shows nothing ({words})")
    return words


if __name__ == "__main__":
    main([first_blocks_of_bitcoin_have_the_clusters_another_program_finds,
          owners_of_emulated_wallets_are_never_merged])
