"""Whole blocks of the main chain, with the coins that they spend, as lines of transactions."""

import hashlib
import json
import subprocess


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        return self.data[self.at - size:self.at]

    def little(self, size):
        return int.from_bytes(self.take(size), "little")

    def count(self):
        first = self.little(1)
        return self.little({0xFD: 2, 0xFE: 4, 0xFF: 8}[first]) if first >= 0xFD else first

    def counted(self):
        return self.take(self.count())


def kind_of(script):
    """The scanner's word for a script."""
    if script[:1] == b"\x6a":
        return "TxNullData"
    if len(script) == 22 and script[:2] == b"\x00\x14":
        return "TxWitnessV0Keyhash"
    if len(script) == 34 and script[:2] == b"\x00\x20":
        return "TxWitnessV0Scripthash"
    if len(script) == 34 and script[:2] == b"\x51\x20":
        return "TxWitnessV1Taproot"
    if len(script) == 23 and script[:2] == b"\xa9\x14":
        return "TxScripthash"
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14":
        return "TxPubkeyhash"
    return "TxNonstandard"


def coin(value, script):
    return f"{value}+{script.hex()}+{kind_of(script)}"


def read_transaction(reader):
    """txid, [outpoint as text], [(value, script)]"""
    start = reader.at
    reader.take(4)
    witness = reader.data[reader.at] == 0
    if witness:
        reader.take(2)
    body = reader.at
    spends = []
    for _ in range(reader.count()):
        txid, number = reader.take(32)[::-1].hex(), reader.little(4)
        reader.counted()
        reader.take(4)
        spends.append(f"{txid}-{number}")
    outputs = [(reader.little(8), reader.counted()) for _ in range(reader.count())]
    end = reader.at
    for _ in spends if witness else ():
        for _ in range(reader.count()):
            reader.counted()
    hashed = reader.data[start:start + 4] + reader.data[body:end] + reader.take(4)
    txid = hashlib.sha256(hashlib.sha256(hashed).digest()).digest()[::-1].hex()
    return txid, spends, outputs


def lines_of(folder):
    """Of all but the coinbase. The folder has `raw.zst` and its coins, `spent_utxos.zst`."""
    raw, coins = (subprocess.run(["zstdcat", folder / name], check=True, capture_output=True).stdout
                  for name in ("raw.zst", "spent_utxos.zst"))
    reader = Reader(raw)
    reader.take(80)
    spent = iter(json.loads(coins))
    lines = []
    for number in range(reader.count()):
        txid, spends, outputs = read_transaction(reader)
        if number == 0:
            continue
        inputs = []
        for outpoint in spends:
            paid = next(spent)["txout"]
            inputs.append(f"{outpoint}-{coin(paid['value'], bytes.fromhex(paid['script_pubkey']))}")
        lines.append(f"{txid}:::{'0' * 64}:::{number}:::0:::{'}{'.join(inputs)}:::"
                     f"{'}{'.join(coin(*output) for output in outputs)}")
    return lines
