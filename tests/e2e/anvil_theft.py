"""A theft on a real Ethereum node, followed by `tracehound trace`: where it ended is, per account
and asset and to the wei, what the script that moved the money says; through a reorganisation, in
one go and from where it was saved before."""

import collections
import copy
import hashlib
import json

from support.anvil_world import ETHER, World
from support.bundles import moved, plain_verify
from support.harness import BAD_INPUT, check, equal, main, run
from support.purses import Purses

NAMES = ("thief", "swapper", "first", "mixed", "last", "courier", "exchange")
TOKENS = 50_000 * ETHER
STOLEN = 20 * ETHER


class Theft:
    """Everything that moves, moves on the node and in the tally alike. The thief's people begin
    with nothing: they pay for gas with what they stole. `honest` has clean ether."""

    def __init__(self, world):
        self.world = world
        world.node("anvil_autoImpersonateAccount", True)
        self.address = {name: "0x" + hashlib.sha256(name.encode()).hexdigest()[:40]
                        for name in NAMES}
        self.address |= {"victim": world.victim.lower(), "honest": world.mules[0].lower()}
        self.tokens = {"LOOT": world.token, "WETH": world.wrapped}
        self.tally = Purses("ETH", {"exchange"})

    def sent(self, who, receipt):
        """Takes the fee; the receipt."""
        equal(int(receipt["from"], 16), int(self.address[who], 16), "who sent it")
        self.tally.fee(who, int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16))
        return receipt

    def move(self, giver, taker, amount, asset):
        payer, to = self.address[giver], self.address[taker]
        if asset == "ETH":
            return self.world.send(payer, to, amount, gas=100_000)
        return self.tokens[asset].send(payer, "transfer", to, amount, gas=200_000)

    def steal(self, taker, amount, asset):
        receipt = self.move("victim", taker, amount, asset)
        self.tally.steal("victim", taker, amount, asset)
        return self.sent("victim", receipt)["transactionHash"]

    def pay(self, giver, taker, amount, asset="ETH"):
        receipt = self.move(giver, taker, amount, asset)
        equal(receipt["status"], "0x1", f"{giver} pays {taker}")
        self.tally.pay(giver, taker, amount, asset)
        self.sent(giver, receipt)

    def swap(self, who, amount):
        """Tokens for wrapped ether, at the constant product of what the pool was built with."""
        payer = self.address[who]
        self.sent(who, self.tokens["LOOT"].send(payer, "approve", self.world.pool.address, amount,
                                                gas=200_000))
        receipt = self.world.pool.send(payer, "swap", self.tokens["LOOT"].address, amount, payer,
                                       gas=400_000)
        got = 100 * ETHER * amount // (500_000 * ETHER + amount)
        self.tally.swap(who, amount, "LOOT", got, "WETH")
        self.sent(who, receipt)
        return got

    def unwrap(self, who, amount):
        receipt = self.tokens["WETH"].send(self.address[who], "withdraw", amount, gas=200_000)
        self.tally.wrap(who, amount, "WETH", "ETH")
        self.sent(who, receipt)

    def wrap(self, who, amount):
        receipt = self.tokens["WETH"].send(self.address[who], "deposit", value=amount, gas=200_000)
        self.tally.wrap(who, amount, "ETH", "WETH")
        self.sent(who, receipt)

    def split(self, giver, takers, amount):
        """By a contract that gives back what three do not divide."""
        receipt = self.world.splitter.send(self.address[giver], "split",
                                           [self.address[taker] for taker in takers], value=amount,
                                           gas=400_000)
        for taker in takers:
            self.tally.pay(giver, taker, amount // len(takers), "ETH")
        self.sent(giver, receipt)

    def fail(self, who):
        """Costs its fee and moves nothing."""
        self.sent(who, self.world.splitter.send(self.address[who], "fail", value=ETHER,
                                                gas=200_000))

    def balances_agree(self):
        """The tally's, with the node's."""
        for name in NAMES:
            for asset in ("ETH", *self.tokens):
                nodes = (self.world.ether_of(self.address[name]) if asset == "ETH"
                         else self.tokens[asset].call("balanceOf", self.address[name]))
                equal(self.tally.purses[name, asset].balance, nodes, f"{asset} of {name}")


def drain(theft):
    """The theft, and the part of the laundering that no reorganisation touches."""
    drained = [theft.steal("thief", TOKENS, "LOOT"), theft.steal("thief", STOLEN, "ETH")]
    theft.pay("honest", "mixed", 2 * ETHER + 3)
    theft.pay("thief", "swapper", TOKENS // 2, "LOOT")
    theft.pay("thief", "swapper", ETHER)
    got = theft.swap("swapper", TOKENS // 4)
    theft.unwrap("swapper", got // 2)
    return drained


def launder(theft, odd):
    """The rest; `odd` makes its sums other ones."""
    theft.split("thief", ["first", "mixed", "last"], 10 * ETHER + 1 + 3 * odd)
    theft.pay("honest", "mixed", ETHER + odd)
    theft.pay("mixed", "exchange", ETHER + 7 + odd)
    theft.pay("mixed", "courier", 4 * ETHER + odd)
    theft.wrap("courier", ETHER + odd)
    theft.pay("courier", "exchange", ETHER // 2 + 5, "WETH")
    theft.fail("thief")
    theft.wrap("thief", 3 * ETHER + 1)
    theft.pay("thief", "exchange", 2 * ETHER + odd, "WETH")
    theft.pay("first", "exchange", 3 * ETHER)
    theft.pay("swapper", "exchange", TOKENS // 8 + 1, "LOOT")
    # What an exchange does with it is its own.
    theft.pay("exchange", "last", ETHER // 3)


def trace(ledger, theft, folder, *seeds):
    """The traces, by method."""
    stops = folder / "stops.csv"
    # Capitals mean nothing in these addresses.
    stops.write_text("0x" + theft.address["exchange"][2:].upper() + ",An Exchange,exchange\n")
    said = run("trace", "--ledger", ledger, *seeds, "--method", "all", "--stop-at-addresses",
               stops, "--json", "-").out
    return {one["method"]: one for one in json.loads(said)["traces"]}


def destinations(found, names):
    """{(kind, account, asset): units}, as the tally has them."""
    places = collections.Counter()
    for destination in found["destinations"]:
        kind, asset = destination["kind"], destination["asset"]
        if kind == "fees":
            places[kind, "", asset] += int(destination["amount"])
            continue
        for holder in destination["holders"]:
            account = holder["account"]
            places[kind, names.get(account, account), asset] += int(holder["amount"])
    return dict(places)


def books_balance(found, claimed):
    """In each asset what was stolen or came by swaps is what went by swaps or ended somewhere."""
    ended = collections.Counter()
    for destination in found["destinations"]:
        ended[destination["asset"]] += int(destination["amount"])
    for books in found["assets"]:
        asset = books["asset"]
        equal(int(books["effective"]), claimed[asset], f"what was stolen in {asset}")
        equal(int(books["effective"]) + int(books["swapped_in"]),
              int(books["swapped_out"]) + ended[asset], f"{found['method']}'s books in {asset}")
    equal({books["asset"] for books in found["assets"]}, {"ETH", "LOOT", "WETH"}, "its assets")


def agrees(ledger, theft, folder, *seeds):
    """Every method's trace, as far as the tally speaks of it; how many sums were compared."""
    names = {address: name for name, address in theft.address.items()}
    theft.balances_agree()
    compared = 0
    alone = {("held", who, asset) for who in ("thief", "swapper", "first")
             for asset in ("ETH", "WETH", "LOOT")}
    for method, found in trace(ledger, theft, folder, *seeds).items():
        if method == "poison":
            continue
        books_balance(found, theft.tally.claimed)
        got = destinations(found, names)
        wanted = theft.tally.destinations("fifo" if method == "fifo" else "haircut")
        if method not in ("fifo", "haircut"):
            # Where nothing clean ever came, all methods say the same.
            got, wanted = ({place: places[place] for place in places.keys() & alone}
                           for places in (got, wanted))
        equal(sorted(got.items()), sorted(wanted.items()), f"where it ended by {method}")
        compared += len(wanted)
    return compared


def comes_back(ledger, theft, folder):
    """Backward from all that the exchange got: through gas, wraps and splits, what is found at the
    victim is what the victim's traces brought there, unit by unit. Wraps are one to one; swaps at
    another price do not lead to the exchange."""
    stops = folder / "both.csv"
    stops.write_text(f"{theft.address['exchange']},An Exchange,exchange\n"
                     f"{theft.address['victim']},The victim,victim\n")
    there = theft.tally.destinations("fifo")
    said = run("trace", "--ledger", ledger, "--from-address", theft.address["exchange"],
               "--direction", "backward", "--method", "fifo", "--stop-at-addresses", stops,
               "--json", "-").out
    found = json.loads(said)
    at_victim = collections.Counter()
    for destination in found["destinations"]:
        if destination["service"] == "The victim":
            at_victim[destination["asset"]] += int(destination["amount"])
    brought = collections.Counter()
    for (kind, _, asset), units in there.items():
        if kind == "service":
            brought["LOOT" if asset == "LOOT" else "ETH"] += units
    check(brought["ETH"] > 0 and brought["LOOT"] > 0, f"the exchange got {brought}")
    equal(at_victim, brought, "what came from the victim")
    for books in found["assets"]:
        ended = sum(int(d["amount"]) for d in found["destinations"] if d["asset"] == books["asset"])
        equal(int(books["effective"]) + int(books["swapped_in"]),
              int(books["swapped_out"]) + ended, f"the books backward in {books['asset']}")


def ingest(world, ledger):
    return run("ingest", "ethereum", "--rpc", world.node.url, "--wrapper", world.wrapped.address,
               "--ledger", ledger)


def transfers_of(ledger, transactions):
    """--from for each transfer of these transactions."""
    found = json.loads(run("show", "tx", *transactions, "--ledger", ledger, "--json", "-").out)
    return [word for tx in found["found"] for transfer in tx["transfers"]
            for word in ("--from", f"{tx['id']}:{transfer['position']}")]


class Pieces:
    """The same trace from where it was saved before, instead of in one go."""

    def __init__(self, ledger, folder, *seeds):
        self.folder = folder
        self.question = ("trace", "--ledger", ledger, *seeds, "--method", "all",
                         "--stop-at-addresses", folder / "stops.csv")

    def save(self, name):
        run(*self.question, "--json", self.folder / "whole.json",
            "--save-state", self.folder / name)

    def goes_on(self, name):
        run(*self.question, "--resume", self.folder / name, "--json", self.folder / "now.json",
            "--save-state", self.folder / "now.state")
        self.save("whole.state")
        for kind in ("json", "state"):
            now, whole = (self.folder / f"{how}.{kind}" for how in ("now", "whole"))
            check(now.read_bytes() == whole.read_bytes(), f"from {name} the {kind} is another")

    def refuses(self, name):
        said = run(*self.question, "--resume", self.folder / name, code=BAD_INPUT).err
        check("no longer the ledger's" in said, f"of {name} it says: {said}")


def evidence_holds(ledger, folder, seeds):
    """A bundle of it by every method: what fees, swaps, wraps and unwraps did is run again by both
    verifiers."""
    (folder / "theft.yaml").write_text("name: the theft\nseeds:\n" + "".join(
        f"- {{coin: '{seed}'}}\n" for seed in seeds))
    run("incident", "evidence", folder / "theft.yaml", "--ledger", ledger, "--method", "all",
        "--stop-at-addresses", folder / "stops.csv", "--out", folder / "bundle")
    bundle = moved(folder / "bundle", folder)
    said = run("verify", bundle).out.decode()
    check("proves no transfer" in said, f"verify says: {said}")
    check("holds" in plain_verify(bundle, program="verify_accounts.py"), "it does not hold")
    found = json.loads((bundle / "result.json").read_text())["traces"][0]
    check(found["swaps"]["crossed"] > 3, f"swaps: {found['swaps']}")
    check(any(d["kind"] == "fees" for d in found["destinations"]), "no fee was traced")


def a_theft_is_traced_to_the_wei_through_a_reorganisation(folder):
    ledger = folder / "L"
    with World() as world:
        world.build()
        theft = Theft(world)
        drained = drain(theft)
        ingest(world, ledger)
        by_victim = ("--sent-by", theft.address["victim"])
        agrees(ledger, theft, folder, *by_victim)
        pieces = Pieces(ledger, folder, *by_victim)
        pieces.save("drained")

        snapshot, tally = world.node("evm_snapshot"), copy.deepcopy(theft.tally)
        launder(theft, odd=11)
        ingest(world, ledger)
        compared = agrees(ledger, theft, folder, *by_victim)
        pieces.goes_on("drained")
        pieces.save("undone")
        undone = theft.tally

        world.node("evm_revert", snapshot)
        theft.tally = tally
        theft.pay("thief", "last", ETHER // 7)
        launder(theft, odd=4)
        check("taken back" in ingest(world, ledger).out.decode(), "no block was taken back")
        check(theft.tally.destinations("haircut") != undone.destinations("haircut"),
              "the other way ended alike: this shows nothing")
        compared += agrees(ledger, theft, folder, *by_victim)
        pieces.goes_on("drained")
        pieces.refuses("undone")
        stolen = transfers_of(ledger, drained)
        compared += agrees(ledger, theft, folder, *stolen)
        comes_back(ledger, theft, folder)
        evidence_holds(ledger, folder, stolen[1::2])
        check(compared > 150, f"only {compared} sums")
        return f"{compared} sums"


if __name__ == "__main__":
    main([a_theft_is_traced_to_the_wei_through_a_reorganisation])
