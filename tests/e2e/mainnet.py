"""The real first 4,313 blocks of Bitcoin: traces from every coin of block 9 and later that was
ever spent. The data lies beside the project and is no part of it."""

import json

from support.harness import ROOT, Skip, check, equal, ingest, main, run

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


if __name__ == "__main__":
    main([traces_from_block_9_onward_balance])
