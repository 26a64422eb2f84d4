"""A whole chain as the reference knows it: every coin, who made it, who spent it."""

from methods import Holding

COIN = 100_000_000
FIRST_SUBSIDY = 50 * COIN


class Coin(Holding):
    def __init__(self, name, height, mixed, value, address, unspendable):
        super().__init__(value)
        self.name = name
        self.address = address
        self.unspendable = unspendable
        self.mixed = mixed  # a recognised CoinJoin made it
        self.height = height
        self.fate = "held"  # or "spent", or "replaced"


class Transaction:
    def __init__(self, name, height, mixed, inputs, outputs):
        self.name = name
        self.mixed = mixed  # a recognised CoinJoin
        self.height = height
        self.inputs = inputs  # Coins; none for a coinbase
        self.outputs = outputs
        paid = sum(coin.value for coin in outputs)
        self.fee = Holding(sum(coin.value for coin in inputs) - paid if inputs else 0)


class Chain:
    """`transactions` is a list of {"name", "inputs": [coin numbers], "outputs": [{"value",
    "address", "unspendable"}]}, in chain order. Coins are numbered through the chain from
    0. A transaction without inputs is a coinbase and begins a block. A coinbase of the name of an
    earlier one takes the place of its unspent coins."""

    def __init__(self, transactions, halving, mixes=()):
        self.halving = halving
        self.coins = []
        self.blocks = []  # lists of transactions, the coinbase first
        latest = {}
        for told in transactions:
            if not told["inputs"]:
                self.blocks.append([])
                for coin in latest.get(told["name"], []):
                    coin.fate = "replaced" if coin.fate == "held" else coin.fate
            inputs = [self.coins[number] for number in told["inputs"]]
            for coin in inputs:
                coin.fate = "spent"
            height, mixed = len(self.blocks) - 1, told["name"] in mixes
            outputs = [Coin(f"{told['name']}:{index}", height, mixed, int(output["value"]),
                            output["address"], output["unspendable"])
                       for index, output in enumerate(told["outputs"])]
            transaction = Transaction(told["name"], height, mixed, inputs, outputs)
            self.coins += outputs
            latest[told["name"]] = outputs
            self.blocks[-1].append(transaction)

    def subsidy(self, height):
        return FIRST_SUBSIDY >> height // self.halving

    def in_order(self, coinbase_last):
        """The transactions in chain order; or with each coinbase after the transactions of its
        block, which is when the fees that it pays out are known."""
        for first, *others in self.blocks:
            yield from [*others, first] if coinbase_last else [first, *others]
