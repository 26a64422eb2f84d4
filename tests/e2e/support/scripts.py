"""Addresses from scripts, written from the specifications alone (Base58Check; BIP 173; BIP 350):
a second opinion on the program's own."""

import hashlib

# Base58Check version bytes of key and script hashes, and the Bech32 prefix.
NETWORKS = {
    "regtest": (0x6F, 0xC4, "bcrt"),
    "litecoin-regtest": (0x6F, 0x3A, "rltc"),
}

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32_CHECK, BECH32M_CHECK = 1, 0x2BC830A3

OP_0, OP_1, OP_16, OP_RETURN = 0x00, 0x51, 0x60, 0x6A
OP_CHECKSIG, OP_CHECKMULTISIG = 0xAC, 0xAE


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def hash160(data):
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def base58check(prefix, payload):
    data = bytes([prefix]) + payload
    data += sha256d(data)[:4]
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def bech32_polymod(values):
    generators = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(generators):
            check ^= generator if top >> bit & 1 else 0
    return check


def segwit_address(prefix, version, program):
    bits = int.from_bytes(program, "big") << (-len(program) * 8) % 5
    count = (len(program) * 8 + 4) // 5
    values = [version] + [bits >> 5 * i & 31 for i in reversed(range(count))]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    constant = BECH32_CHECK if version == 0 else BECH32M_CHECK
    check = bech32_polymod(expanded + values + [0] * 6) ^ constant
    values += [check >> 5 * i & 31 for i in reversed(range(6))]
    return prefix + "1" + "".join(BECH32[value] for value in values)


def is_key(data):
    return len(data) == {2: 33, 3: 33, 4: 65, 6: 65, 7: 65}.get(data[0] if data else 0)


def bare_multisig_keys(script):
    """The keys of an m-of-n script, None for any other."""
    if len(script) < 3 or script[-1] != OP_CHECKMULTISIG or not OP_1 <= script[0] <= OP_16:
        return None
    keys, at = [], 1
    while at < len(script) - 2:
        key = script[at + 1:at + 1 + script[at]]
        if not is_key(key) or len(key) != script[at]:
            return None
        keys.append(key)
        at += 1 + len(key)
    fits = at == len(script) - 2 and script[at] == OP_1 - 1 + len(keys)
    return keys if fits and script[0] <= script[at] else None


def witness_program(script):
    """(version, program) of a segregated witness output, None for any other."""
    if not 4 <= len(script) <= 42 or script[1] + 2 != len(script):
        return None
    if script[0] != OP_0 and not OP_1 <= script[0] <= OP_16:
        return None
    return (script[0] - OP_1 + 1 if script[0] else 0), script[2:]


def describe(script, network):
    """(the script's name, its address), as the program should show them."""
    key_prefix, script_prefix, bech32_prefix = NETWORKS[network]
    digest = hashlib.sha256(script).hexdigest()
    if len(script) > 2 and script[-1] == OP_CHECKSIG and script[0] == len(script) - 2 \
            and is_key(script[1:-1]):
        return "p2pk", base58check(key_prefix, hash160(script[1:-1]))
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return "p2pkh", base58check(key_prefix, script[3:23])
    if len(script) == 23 and script[:2] == b"\xa9\x14" and script[22:] == b"\x87":
        return "p2sh", base58check(script_prefix, script[2:22])
    program = witness_program(script)
    if program and (program[0] > 0 or len(program[1]) in (20, 32)):
        name = {(0, 20): "p2wpkh", (0, 32): "p2wsh", (1, 32): "p2tr"}.get(
            (program[0], len(program[1])), "witness_other")
        return name, segwit_address(bech32_prefix, *program)
    if script[:1] == bytes([OP_RETURN]):
        return "op_return", f"op_return:{digest}"
    if bare_multisig_keys(script) is not None:
        return "multisig", f"multisig:{digest}"
    return "other", f"script:{digest}"
