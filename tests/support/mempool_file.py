"""Writes a ledger's mempool file for tests, as `tracehound follow` would: docs/format.md.

usage: mempool_file.py LEDGER TAKEN_AT TRANSACTION...

A transaction is "NAME: COIN... -> VALUE@HASH160...": a coin is TXID:VOUT, or NAME:VOUT of one
before it; an output pays to the hash of a key. Each was first seen a minute after the one before,
the last at TAKEN_AT. The file is of the ledger's tip, or of $TIP. Prints each name with its txid.
"""

import ctypes
import hashlib
import os
import pathlib
import struct
import sys


def xxh3(data):
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(data, len(data))


def transaction(inputs, outputs):
    """A version 1 transaction that nobody has signed; fewer than 253 inputs and outputs."""
    raw = struct.pack("<IB", 1, len(inputs))
    for txid, vout in inputs:
        raw += bytes.fromhex(txid)[::-1] + struct.pack("<IBI", vout, 0, 0xFFFFFFFF)
    raw += struct.pack("<B", len(outputs))
    for value, hash160 in outputs:
        raw += struct.pack("<QB", value, 25) + b"\x76\xa9\x14" + hash160 + b"\x88\xac"
    return raw + struct.pack("<I", 0)


def parse(text, names):
    """(name, raw transaction) of one argument."""
    name, rest = text.split(": ", 1)
    coins, payments = rest.split(" -> ")
    inputs = []
    for coin in coins.split():
        txid, vout = coin.rsplit(":", 1)
        inputs.append((names.get(txid, txid), int(vout)))
    outputs = []
    for payment in payments.split():
        value, hash160 = payment.split("@")
        outputs.append((int(value), bytes.fromhex(hash160)))
    return name, transaction(inputs, outputs)


def main(ledger, taken_at, *texts):
    folder = pathlib.Path(ledger)
    lines = (folder / "manifest").read_text().splitlines()
    manifest = dict(line.split(" ", 1) for line in lines)
    names, entries = {}, b""
    for i, text in enumerate(texts):
        name, raw = parse(text, names)
        names[name] = hashlib.sha256(hashlib.sha256(raw).digest()).digest()[::-1].hex()
        print(name, names[name])
        first_seen = int(taken_at) - 60 * (len(texts) - 1 - i)
        entries += struct.pack("<II", first_seen, len(raw)) + raw
    head = (f"tracehound mempool 1\nchain {manifest['chain']}\n"
            f"tip {os.environ.get('TIP', manifest['tip'])}\ntaken_at {taken_at}\n"
            f"transactions {len(texts)}\nchecksum {xxh3(entries):016x}\n")
    (folder / "mempool").write_bytes(head.encode() + entries)


if __name__ == "__main__":
    main(*sys.argv[1:])
