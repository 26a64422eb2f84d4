"""Clusters of real chains: the first 4,313 blocks of Bitcoin against clusters found by another
program; and Wasabi 2 software on a test network, whose true owners are known, with CoinJoins
recognised and without. There every transaction with several inputs is a CoinJoin of seven wallets
or more, so multi-input can find no pair, and what is measured is that it says none. The data lies
beside the project and is no part of it."""

import collections
import csv
import io
import itertools

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
    check(all_right < all_said, f"the data shows nothing ({words})")
    return words


if __name__ == "__main__":
    main([first_blocks_of_bitcoin_have_the_clusters_another_program_finds,
          owners_of_emulated_wallets_are_never_merged])
