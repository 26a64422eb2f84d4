"""`tracehound ingest ethereum` from a real node: every balance of the ledger, in every asset, is
the node's own to the wei; through a reorganisation, and through a connection that loses, shuffles
and garbles answers."""

import collections
import http.server
import json
import threading
import urllib.request

from support.anvil_world import ETHER, Contract, World
from support.harness import BAD_INPUT, check, equal, fingerprint, main, run, same_bytes, sentence


def ingest(world, ledger, *words, url=None, **options):
    return run("ingest", "ethereum", "--rpc", url or world.node.url, "--wrapper",
               world.wrapped.address, "--ledger", ledger, *words, **options)


def transactions(ledger, last):
    """Every transaction of the ledger, as `show` has it."""
    found = []
    blocks = json.loads(run("show", "block", "-", "--ledger", ledger, "--json", "-",
                            stdin="".join(f"{n}\n" for n in range(last + 1))).out)["found"]
    ids = [tx for block in blocks for tx in block["transactions"]]
    if ids:
        found = json.loads(run("show", "tx", "-", "--ledger", ledger, "--json", "-",
                               stdin="".join(f"{tx}\n" for tx in ids)).out)["found"]
    return found


def tally(found):
    """{(account, contract): balance} of what moved; "" is the native asset."""
    sums = collections.Counter()
    for tx in found:
        sums[tx["payer"], ""] -= int(tx["fee"])
        for transfer in tx["transfers"]:
            contract = transfer["asset"]["contract"]
            sums[transfer["from"], contract] -= int(transfer["amount"])
            sums[transfer["to"], contract] += int(transfer["amount"])
    return sums


def balances_are_the_nodes(world, ledger):
    """Each of them; how many there were."""
    found = transactions(ledger, world.tip())
    compared = 0
    for (account, contract), moved in tally(found).items():
        if account is None or contract == world.liar.address:
            continue
        if contract == "":
            wanted = world.ether_of(account) - world.ether_of(account, "0x0")
        elif "/" in contract:
            owner = world.single.call("ownerOf", int(contract.split("/")[1]))
            wanted = 1 if owner == int(account, 16) else 0
        else:
            money = world.token if contract == world.token.address else world.wrapped
            equal(contract, money.address, "a contract")
            wanted = money.call("balanceOf", account)
        equal(moved, wanted, f"the balance of {account} in {contract or 'ether'}")
        compared += 1
    return compared


def a_theft_is_ingested_and_every_balance_is_the_nodes(folder):
    ledger = folder / "L"
    with World() as world:
        world.build()
        world.steal()
        ingest(world, ledger)
        world.odds_and_ends()
        ingest(world, ledger)
        compared = balances_are_the_nodes(world, ledger)
        check(compared >= 20, f"only {compared} balances")
        run("ledger", "check", "--ledger", ledger)
        shown = json.loads(run("show", "asset", "LOOT", world.wrapped.address, "--ledger", ledger,
                               "--json", "-").out)["found"]
        equal([each["assets"][0]["asset"]["symbol"] for each in shown], ["LOOT", "WETH"], "symbols")
        equal(shown[0]["assets"][0]["asset"]["decimals"], 18, "decimals")
        once = folder / "once"
        ingest(world, once)
        same_bytes(once, fingerprint(ledger), "taken in at one go and in two")
        return f"{compared} balances"


def a_reorganisation_is_followed_to_the_wei(folder):
    ledger = folder / "L"
    with World() as world:
        world.build()
        world.drain()
        ingest(world, ledger)
        snapshot = world.node("evm_snapshot")
        world.launder()
        ingest(world, ledger)
        before = world.tip()
        world.node("evm_revert", snapshot)
        world.send(world.thief, world.mules[2], 5 * ETHER)
        world.token.send(world.thief, "transfer", world.exchange, 7 * ETHER)
        said = ingest(world, ledger).out.decode()
        check(f"{before - world.tip() + 2} blocks taken back" in said, said)
        balances_are_the_nodes(world, ledger)
        world.launder()
        ingest(world, ledger)
        once = folder / "once"
        ingest(world, once)
        same_bytes(once, fingerprint(ledger), "after the reorganisation and without it")


class Tampering:
    """Stands between program and node. `change(questions, answers)` gives the bytes of the reply;
    None ends the connection."""

    def __init__(self, node):
        self.node = node
        self.change = lambda questions, answers: json.dumps(answers).encode()
        self.replies = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = urllib.request.Request(outer.node.url, body,
                                                 {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=60) as reply:
                    answers = json.load(reply)
                outer.replies += 1
                changed = outer.change(json.loads(body), answers)
                if changed is None:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(changed)))
                self.end_headers()
                self.wfile.write(changed)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def every_third(change):
    """Every third reply is tampered with, from the first on."""
    count = iter(range(10**6))

    def now_and_then(questions, answers):
        if next(count) % 3 == 0:
            return change(questions, answers)
        return json.dumps(answers).encode()
    return now_and_then


def without(method):
    """As a node that does not have the method."""
    def change(questions, answers):
        methods = {question["id"]: question["method"] for question in questions}
        for answer in answers:
            if methods[answer["id"]] == method:
                answer.pop("result", None)
                answer["error"] = {"code": -32601, "message": "the method is not found"}
        return json.dumps(answers).encode()
    return change


def a_bad_connection_costs_time_and_nothing_else(folder):
    good = folder / "good"
    with World() as world, Tampering(world.node) as between:
        world.build()
        world.steal()
        world.odds_and_ends()
        ingest(world, good)
        wanted = fingerprint(good)
        troubles = {
            "half": every_third(lambda _, a: json.dumps(a[:len(a) // 2]).encode()),
            "shuffled": lambda _, a: json.dumps(a[::-1]).encode(),
            "html": every_third(lambda _, a: b"<html>Bad gateway</html>"),
            "cut": every_third(lambda _, a: None),
            "null": every_third(lambda _, a: json.dumps(
                [{**answer, "result": None} for answer in a]).encode()),
            "no_trace_block": without("trace_block"),
            "no_block_receipts": without("eth_getBlockReceipts"),
        }
        for name, change in troubles.items():
            between.change = change
            ingest(world, folder / name, url=between.url)
            same_bytes(folder / name, wanted, name)
        return f"{len(troubles)} kinds of trouble"


def what_cannot_be_taken_is_said_in_a_sentence(folder):
    ledger = folder / "L"
    with World() as world, Tampering(world.node) as between:
        world.build()
        world.steal()
        ingest(world, ledger, "--to", 5)
        wanted = fingerprint(ledger)
        between.change = lambda _, answers: json.dumps(
            [{**answer, "result": "0x1"} for answer in answers]).encode()
        sentence(ingest(world, ledger, url=between.url, code=BAD_INPUT),
                 "holds ethereum:31337, these transfers are of ethereum:1")
        sentence(ingest(world, ledger, "--to", 1000, code=BAD_INPUT), "above the node's last block")
        same_bytes(ledger, wanted, "after refusals")

        def no_traces(questions, answers):
            for method in ("trace_block", "debug_traceBlockByNumber"):
                answers = json.loads(without(method)(questions, answers))
            return json.dumps(answers).encode()
        between.change = no_traces
        said = ingest(world, folder / "untraced", url=between.url).err
        check("neither trace_block nor debug_traceBlockByNumber" in said, said)
    with World(start=1_600_000_000) as world:
        world.build()
        sentence(ingest(world, ledger, code=BAD_INPUT), "another chain of the same id")
    sentence(run("ingest", "ethereum", "--rpc", "not a url", "--ledger", ledger, code=2),
             "not a url")
    same_bytes(ledger, wanted, "after refusals")


def a_token_that_takes_a_fee_is_flagged_where_its_balances_leave_its_logs(folder):
    """The thief gets 855 as the logs say and 95 as fees, of which they do not speak, and pays 950:
    what is missing was there before all that is known, and is clean."""
    ledger = folder / "L"
    with World() as world:
        world.build()
        tithe = Contract(world, "Tithe", 10**6 * ETHER, world.thief)
        tithe.send(world.deployer, "transfer", world.victim, 1000 * ETHER)
        stolen = tithe.send(world.victim, "transfer", world.thief, 900 * ETHER)["transactionHash"]
        equal(tithe.call("balanceOf", world.thief), 950 * ETHER, "the node's balance")
        tithe.send(world.thief, "transfer", world.exchange, 950 * ETHER)
        ingest(world, ledger)
        shown = json.loads(run("show", "tx", stolen, "--ledger", ledger, "--json", "-").out)
        place = shown["found"][0]["transfers"][0]["position"]
        for method in ("fifo", "lifo", "haircut"):
            said = run("trace", "--from", f"{stolen}:{place}", "--method", method, "--ledger",
                       ledger, "--json", "-").out
            found = json.loads(said)
            books, = [each for each in found["assets"] if each["asset"] == "TITHE"]
            equal(books["holders_with_unknown_opening"], 1, f"holders flagged by {method}")
            held = {holder["account"]: int(holder["amount"])
                    for each in found["destinations"] for holder in each["holders"]}
            equal(held, {world.exchange: 855 * ETHER}, f"where it is by {method}")
        balances = tally(transactions(ledger, world.tip()))
        equal(balances[world.thief, tithe.address], -95 * ETHER, "what the logs do not say")


def a_validator_s_withdrawals_are_read_from_the_node_s_block(folder):
    ledger = folder / "L"
    with World() as world, Tampering(world.node) as between:
        world.build()
        last = world.tip()
        paid = [(world.thief, 18_000_000), (world.exchange, 2**64 - 1)]

        def with_withdrawals(questions, answers):
            numbers = {question["id"]: question["params"][0] for question in questions
                       if question["method"] == "eth_getBlockByNumber"}
            for answer in answers:
                if numbers.get(answer["id"]) == hex(last):
                    answer["result"]["withdrawals"] = [
                        {"index": hex(i), "validatorIndex": hex(7), "address": account,
                         "amount": hex(gwei)} for i, (account, gwei) in enumerate(paid)]
            return json.dumps(answers).encode()
        between.change = with_withdrawals
        ingest(world, ledger, url=between.url)
        shown = json.loads(run("show", "tx", f"block:{last}", "--ledger", ledger, "--json",
                               "-").out)["found"][0]["transfers"]
        got = [(each["to"], int(each["amount"])) for each in shown if each["kind"] == "withdrawal"]
        equal(got, [(account, gwei * 10**9) for account, gwei in paid], "withdrawals")


if __name__ == "__main__":
    main([a_theft_is_ingested_and_every_balance_is_the_nodes,
          a_reorganisation_is_followed_to_the_wei,
          a_bad_connection_costs_time_and_nothing_else,
          what_cannot_be_taken_is_said_in_a_sentence,
          a_token_that_takes_a_fee_is_flagged_where_its_balances_leave_its_logs,
          a_validator_s_withdrawals_are_read_from_the_node_s_block])
