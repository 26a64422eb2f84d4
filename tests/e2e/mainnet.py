"""The real first 4,313 blocks of Bitcoin: traces from every coin of block 9 and later that was
ever spent; and every method, direction and fee rule against the slow reference, which parses the
block file itself. The data lies beside the project and is no part of it."""

import json
import sys

from support.harness import ROOT, Skip, check, equal, ingest, main, run

sys.path.insert(0, str(ROOT / "tests" / "reference"))
import block_files  # noqa: E402
import compare  # noqa: E402

BLOCKS = ROOT.parent / "shared" / "data" / "bitcoin" / "mainnet-0-4312"
FIRST = 9
TIP = 4312


def traces_from_block_9_onward_balance(folder):
    if not BLOCKS.is_dir():
        raise Skip(f"there is no {BLOCKS}")
    ledger = folder / "L"
    ingest(BLOCKS, ledger, "--quiet", network="main")
    heights = "\n".join(map(str, range(FIRST, TIP + 1)))
    blocks = json.loads(run("show", "block", "-", "--json", "-", "--ledger", ledger,
                            stdin=heights).out)["found"]
    txids = "\n".join(txid for block in blocks for txid in block["txids"])
    transactions = json.loads(run("show", "tx", "-", "--json", "-", "--ledger", ledger,
                                  stdin=txids).out)["found"]
    spent = [coin for tx in transactions for coin in tx["outputs"] if coin["spent_by"]]
    check(len(spent) > 200, f"only {len(spent)} coins were spent")
    for coin in spent:
        for method in ("fifo", "haircut"):
            done = run("trace", "--from", coin["coin"], "--method", method, "--json", "-",
                       "--ledger", ledger)
            trace = json.loads(done.out)
            equal(sum(int(d["amount"]) for d in trace["destinations"]), int(coin["value"]),
                  f"{method} from {coin['coin']}")
            check(trace["touched"]["transactions"] > 0, f"{coin['coin']} went nowhere")
    together = [word for coin in spent for word in ("--from", coin["coin"])]
    for method in ("fifo", "haircut", "poison"):
        run("trace", *together, "--method", method, "--ledger", ledger)
    return f"{len(spent)} spent coins, one by one and all at once"


def spread(coins, count):
    """Some of them, over the whole chain."""
    return coins[::max(1, len(coins) // count)]


def every_coin_agrees_with_the_reference(folder):
    if not BLOCKS.is_dir():
        raise Skip(f"there is no {BLOCKS}")
    ledger = folder / "L"
    ingest(BLOCKS, ledger, "--quiet", network="main")
    network, halving, blocks = block_files.best_chain(BLOCKS)
    equal((network, len(blocks)), ("main", TIP + 1), "the chain")
    chain, numbers = block_files.chain_of(blocks)
    names = list(numbers)
    values = [output["value"] for transaction in chain for output in transaction["outputs"]]
    spent = sorted({number for transaction in chain for number in transaction["inputs"]})
    made = [numbers[f"{transaction['name']}:{index}"] for transaction in chain
            if transaction["inputs"] for index in range(len(transaction["outputs"]))]
    entries = 0
    # Early coins and late ones, thefts that overlap, and what payments made, for the way back.
    for coins in (spread(spent, 1), spread(spent, 5), spread(made, 5), spent + made):
        texts = [f"{'abc'[i % 3]}={names[coin]}" for i, coin in enumerate(coins)]
        texts += [f"d={names[coins[0]]}[0,{values[coins[0]] // 3})"]
        seeds = compare.Seeds(list(dict.fromkeys(texts)), numbers, values)
        for question, count, lines in compare.compare(chain, halving, ledger, seeds):
            equal(lines, [], f"{len(coins)} seeds, {question}")
            entries += count
    check(entries > 5000, f"only {entries} entries")
    return f"{entries} entries"


if __name__ == "__main__":
    main([traces_from_block_9_onward_balance, every_coin_agrees_with_the_reference])
