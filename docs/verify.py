#!/usr/bin/env python3
"""Checks a bundle of evidence that `tracehound incident evidence` made, in plain Python.
usage: verify.py FOLDER [--key HEX]. Exit codes: 0 it holds, 1 something does not, 3 no bundle.
It shares no code with tracehound and needs Python 3.8 alone. docs/evidence.md says what the files
are. It checks sums, signature, headers and their difficulty, Merkle branches, input values; runs
the trace again by every method; compares every amount. Taken as stated: where the trace stops and
why, mixes and changes in them, seeds, notation, running totals, ranges, times, README.txt.
"""
import csv, hashlib, io, itertools, json, os, pathlib, re, struct, sys
from collections import defaultdict
FILES = ["README.txt", "bundle.json", "headers.bin", "incident.yaml", "result.csv", "result.json",
         "tags.json", "transactions.bin"]
MIXES = ["stop", "haircut", "follow-change", "off"]
KINDS = ["held", "service", "mixed", "crossed", "burned", "fees", "cut"]
ROW = ("destination service category coin value amount label height hops address notation "
       "running_total").split()
# chain, last digits of genesis, easiest bits, address prefixes, blocks to a halving, kind of work
CHAINS = {line.split()[0]: line.split()[1:] for line in """
bitcoin:main 9c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f 1d00ffff 0 5 bc 210000 sha
bitcoin:test ad0ee984209779baaec3ced90fa3f408719526f8d77f4943 1d00ffff 111 196 tb 210000 sha
bitcoin:testnet4 fbbc53dee25a72ae507ff4914b867c565be350b0da8bf043 1d00ffff 111 196 tb 210000 sha
bitcoin:signet 25422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6 1e0377ae 111 196 tb 210000 sha
bitcoin:regtest 1f2a335e3a4fc328bf5beb436012afca590b1a11466e2206 207fffff 111 196 bcrt 150 sha
litecoin:main bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2 1e0fffff 48 50 ltc 840000 scrypt
litecoin:test fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0 1e0fffff 111 58 tltc 840000 scrypt
litecoin:regtest d12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9 207fffff 111 58 rltc 150 scrypt
""".strip().split("\n")}
wrong = []  # what does not hold
sha256, sha256d = lambda data: hashlib.sha256(data).digest(), lambda data: sha256(sha256(data))
check = lambda holds, file, what: holds or wrong.append(f"{file}: {what}")  # true if it holds
# ---- Ed25519 (RFC 8032)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def add_points(a, b):
    (x1, y1), (x2, y2) = a, b
    m = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + m, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - m, -1, P) % P
def times(point, number):
    half = times(add_points(point, point), number // 2) if number else (0, 1)
    return add_points(half, point) if number % 2 else half
def point_of(data):
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    is_point = x * x % P == square and y < P and (x or not sign)
    return ((x if x % 2 == sign else P - x), y) if is_point else None
def is_signed(key, message, signature):
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    hashed = hashlib.sha512(signature[:32] + key + message).digest()
    return None not in (a, r) and s < ORDER and times(point_of(bytes([88] + [102] * 31)), s) == (
        add_points(r, times(a, int.from_bytes(hashed, "little") % ORDER)))
# ---- the files: none but those of FILES is opened, and none through a link
def read_files(folder, key):
    read, special = dict.fromkeys(FILES, b""), ["SHA256SUMS", "signature.txt"]
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        plain = entry.is_file(follow_symlinks=False) and entry.stat().st_size < 2**33
        if check(entry.name in FILES + special, entry.name, "does not belong to the bundle") and \
                check(plain, entry.name, "is a link or a folder, or too large"):
            read[entry.name] = pathlib.Path(entry.path).read_bytes()
    sums = read["SHA256SUMS"].split(b"\n")[:99]
    check(len(sums) == len(FILES) + 1 and sums[-1] == b"", "SHA256SUMS", "has not a line a file")
    for name, stated in zip(FILES, sums):
        check(f"{sha256(read[name]).hex()}  {name}".encode() == stated, name,
              f"is missing, or not as SHA256SUMS has it: {stated[:99]}")
    match = re.fullmatch("tracehound.signature/1\nkey ([0-9a-f]{64})\nsignature ([0-9a-f]{128})\n",
                         read.get("signature.txt", b"").decode("latin-1"))
    signer, signature = map(bytes.fromhex, match.groups() if match else ("", ""))
    check("signature.txt" not in read or match and is_signed(signer, read["SHA256SUMS"], signature),
          "signature.txt", "is no signature of SHA256SUMS")
    check(key in (None, signer.hex()), "signature.txt", "is not by the key that was named")
    return read, signer
# ---- headers and transactions
def check_headers(raw, stated, chain):  # gives them by height
    target = lambda bits: (bits & 0x7FFFFF) << 8 * (bits >> 24) >> 24
    block, first, headers, file = None, stated["first_header"], {}, "headers.bin"
    number = lambda height, at: struct.unpack_from("<I", headers[height], at)[0]
    easiest, sha = target(int(chain[1], 16)), chain[6] == "sha"
    due = (1209600 if sha else 302400) * stated["chain"].endswith("main")  # seconds of 2016 blocks
    for height in range(first, first + len(raw) // 80):
        headers[height] = header = raw[(height - first) * 80:(height - first + 1) * 80]
        check(block in (None, header[4:36]), file, f"height {height} is not on the one before it")
        goal = block and due and target(number(height - 1, 72))  # by the rules; none: not known
        if goal and height % 2016 == 0:  # a new one, by the time that went by since then
            since = max(0, height - 2016 - (not sha))
            took = number(height - 1, 68) - number(max(since, first), 68)
            goal = since >= first and min(goal * min(max(took, due // 4), due * 4) // due, easiest)
        block, bits = sha256d(header), number(height, 72)
        check(not goal or target(bits) <= goal, file, f"height {height} is too easy to find")
        proof = block if sha else hashlib.scrypt(header, salt=header, n=1024, r=1, p=1, dklen=32)
        proven = int.from_bytes(proof, "little") <= target(bits) <= easiest
        check(proven and not bits >> 23 & 1, file, f"height {height} has no work")
    check(first or sha256d(raw[:80])[::-1].hex().endswith(chain[0]), file, "begins at no genesis")
    check(len(raw) % 80 == 0 and block and block[::-1].hex() == stated["tip"]["hash"] and
          max(headers) == stated["tip"]["height"], file, "does not end at the stated tip")
    return headers
class Transaction:  # coins are (value, script), inputs (txid, number); a coinbase has no inputs
    def __init__(self, raw, height, position):
        at, self.key, self.fee = 4, (height, position), None
        def take(size):
            nonlocal at
            at += size
            return raw[at - size:at]
        def number(size=None):
            first = size or take(1)[0] - 252
            return int.from_bytes(take(size or 1 << first), "little") if first > 0 else first + 252
        flags = raw[5] if raw[4] == 0 else 0
        start = at = 6 if flags else 4
        self.inputs = [(take(32), number(4), take(number() + 4))[:2] for _ in range(number())]
        self.coins = [(number(8), take(number())) for _ in range(number())]
        hashed = raw[:4] + raw[start:at] + raw[-4:]
        for _ in range(len(self.inputs) * (flags & 1)):
            for _ in range(number()):
                take(number())
        take(4 + (flags >> 3))  # Litecoin marks extension blocks with a byte
        assert at == len(raw) and len(hashed) != 64, f"record {self.key} is no transaction"
        self.id = sha256d(hashed)
        self.name, self.coinbase = self.id[::-1].hex(), self.inputs == [(bytes(32), 2**32 - 1)]
        self.inputs = [] if self.coinbase else self.inputs
def merkle_root(level):
    pairs = zip(level[::2], level[1::2] + level[-1:])  # an odd one stands beside itself
    return merkle_root([sha256d(a + b) for a, b in pairs]) if level[1:] else level[0]
def read_transactions(data, headers):  # all, in chain order, each by its branch; and those by txid
    file, found, made, spent, depths, at = "transactions.bin", [], {}, set(), {}, 16
    check(data[:16] == b"tracehound.tx/1\n", file, "is no tracehound.tx/1")
    while at < len(data):
        height, position, size, levels = struct.unpack_from("<IIIB", data, at)
        branch, at = at + 13 + size, at + 13 + size + 32 * levels
        tx = Transaction(data[branch - size:branch], height, position)
        root, place = tx.id, position
        for i in range(branch, at, 32):
            beside = data[i:i + 32]
            place = -1 if place % 2 and beside == root else place
            root = sha256d(beside + root if place % 2 else root + beside)
            place >>= 1
        check(height in headers and root == headers[height][36:68] and place == 0 and
              depths.setdefault(height, levels) == levels and tx.coinbase == (position == 0) and
              (not found or found[-1].key < tx.key), file, f"{tx.name} is not in its block")
        tx.took = [made.get(txid) for txid, _ in tx.inputs]  # none: not in the bundle
        tx.complete = None not in tx.took
        for parent, (txid, number) in zip(tx.took, tx.inputs):
            check(not parent or number < len(parent.coins) and (*parent.key, number) not in spent,
                  file, f"{tx.name} spends what is not there to spend")
            spent.add(parent and (*parent.key, number))
        if tx.complete and not tx.coinbase and not wrong:
            tx.fee = sum(p.coins[n][0] for p, (_, n) in zip(tx.took, tx.inputs)) - sum(
                value for value, _ in tx.coins)
            check(tx.fee >= 0, file, f"{tx.name} pays more than it takes in")
        made[tx.id] = tx
        found.append(tx)
    return found, made
# ---- addresses
def owner(script):  # what scripts of one address have in common: a key and its hash are one
    if len(script) in (35, 67) and script[0] == len(script) - 2 and script[-1] == 0xAC and (
            script[1] in ((2, 3) if len(script) == 35 else (4, 6, 7))):
        key_hash = hashlib.new("ripemd160", sha256(script[1:-1])).digest()
        return b"\x76\xa9\x14" + key_hash + b"\x88\xac"
    return script
def owner_of(address, chain):  # owner() of scripts that pay it; their SHA-256 if it has no form
    number, letters = 0, "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    if ":" in address:
        return bytes.fromhex(address.split(":")[1])
    if address.startswith(chain[4] + "1"):
        version, *values = [letters.index(c) for c in address[len(chain[4]) + 1:-6]]
        for value in values:
            number = number << 5 | value
        program = (number >> 5 * len(values) % 8).to_bytes(5 * len(values) // 8, "big")
        return bytes([version + 0x50 if version else 0, len(program)]) + program
    for c in address:
        number = 58 * number + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(c)
    raw = number.to_bytes(25, "big")
    assert sha256d(raw[:21])[:4] == raw[21:] and str(raw[0]) in chain[2:4], address
    before, behind = (b"\x76", b"\x88\xac") if str(raw[0]) == chain[2] else (b"", b"\x87")
    return before + b"\xa9\x14" + raw[1:21] + behind
# ---- the methods: how the taint of some holdings falls on outputs of these values
class Holding:  # units are (label, length), the first first; label 0 is clean, as are those behind
    def __init__(self, value, units=(), hops=None):
        self.value, self.units, self.hops = value, list(units), hops or {}
    def amounts(self):
        sums = defaultdict(int)
        for label, length in self.units:
            sums[label] += length
        return {label: sums[label] for label in sorted(sums) if label and sums[label]}
def share_out(method, sources, values):  # by methods that keep no order; the last value is the fee
    room, shares, order = list(values), [[] for _ in values], [*range(len(values) - 1)]
    if method != "seniority":
        order.sort(key=lambda j: (values[j] if method == "tilo" else -values[j], j))
    entering = Holding(0, [unit for source in sources for unit in source.units])
    for label, amount in entering.amounts().items():
        given, total = [0] * len(values), sum(room)
        if method == "haircut":  # exact shares, made whole by largest remainder
            given = [amount * r // total for r in room]
            rest = sorted(range(len(room)), key=lambda j: (-(amount * room[j] % total), j))
            for j in rest[:amount - sum(given)]:
                given[j] += 1
        for j in [*order, len(values) - 1] if method != "haircut" else ():
            given[j] = values[j] if method == "poison" else min(room[j], amount - sum(given))
        room = [r - g for r, g in zip(room, given)]
        for share, units in zip(shares, given):
            share += [(label, units)] if units else []
    return shares
def lay_out(method, sources, values):  # by fifo and lifo: outputs take from the units end to end
    line = [unit for s in sources for unit in [*s.units, (0, s.value - sum(n for _, n in s.units))]]
    line, pieces = line[::-1] if method == "fifo" else line, [[] for _ in values]
    for value, piece in zip(values, pieces):
        while value:
            label, length = line.pop()
            line += [(label, length - value)] if length > value else []
            piece.append((label, min(length, value)))
            value -= piece[-1][1]
    return pieces
# ---- the trace
class Trace:  # a coin is (height, position, number)
    def __init__(self, method, stated, found, made, headers, chain):
        self.method, self.stated, self.asked, self.found = method, stated, stated["question"], found
        self.headers, self.halving, self.by_key = headers, int(chain[5]), {t.key: t for t in found}
        self.sums, self.miner = method != "poison", self.asked["fees"] == "miner"
        self.mixes = {mix["transaction"]: mix["changes"] for mix in stated["mixes"]}
        self.labels = [0, *stated["labels"]]
        self.waiting, self.seeds, self.touched = {}, defaultdict(list), [0, 0]
        self.landed = defaultdict(dict)  # (kind, service) -> (coin, label) -> [amount, hops]
        self.bare = defaultdict(lambda: defaultdict(int))  # kind -> label -> amount in no coin
        for seed in stated["seeds"]:
            tx, number = made[bytes.fromhex(seed["coin"][:64])[::-1]], int(seed["coin"][65:])
            first, end, value = int(seed["first"]), int(seed["end"]), tx.coins[number][0]
            assert tx.complete and first < end <= value and seed["label"] > 0, "a seed is none"
            self.seeds[(*tx.key, number)].append([seed["label"], first, end, 0, value])
            self.seeds[(*tx.key, number)].sort()
    def run(self):
        for block in [[*txs] for _, txs in itertools.groupby(self.found, lambda tx: tx.key[0])]:
            mined = block[0].coinbase and self.miner  # then the coinbase comes last
            fees = {tx.key: self.visit(tx) for tx in block[mined:]}
            if mined:
                self.mine(block, fees)
        for coin, holding in self.waiting.values():
            self.land("held", None, coin, holding)
        return self
    def visit(self, tx):  # gives the fee, where there is taint in it
        came = [self.waiting.pop(coin, (None, None))[1] for coin in tx.inputs]
        if not any(came):
            return self.arrive(tx, [Holding(value) for value, _ in tx.coins])
        assert tx.complete, f"{tx.name} is traced through, and not all that it spends is here"
        came = [c or Holding(p.coins[n][0]) for c, p, (_, n) in zip(came, tx.took, tx.inputs)]
        mix, values = tx.name in self.mixes and self.asked["mix"], [v for v, _ in tx.coins]
        changes = self.mixes[tx.name] if mix == "follow-change" else []
        *outputs, fee = self.follow(came, [*values, tx.fee], changes, mix == "haircut")
        for label, amount in () if self.miner else fee.amounts().items():
            self.bare["fees"][label] += amount
        ends = {*range(len(outputs))} if mix in ("stop", "follow-change") else set()
        self.arrive(tx, outputs, ends - {change["output"] for change in changes})
        return fee if fee.amounts() else None
    def follow(self, came, values, changes, mixed):  # each change apart, then what is left
        back = {}
        for i, output in [(change["input"], change["output"]) for change in changes]:
            parts = [came[i].value - values[output], values[output], 0]
            came[i], back[output], _ = self.move(came[i:i + 1], parts)
            came[i].hops = {label: hops - 1 for label, hops in came[i].hops.items()}
        rest = iter(self.move(came, [v for n, v in enumerate(values) if n not in back], mixed))
        self.touched[0] -= len(changes)
        return [back[n] if n in back else next(rest) for n in range(len(values))]
    def move(self, sources, values, mixed=False):
        self.touched[0] += 1
        divide = lay_out if self.method in ("fifo", "lifo") and not mixed else share_out
        method = "haircut" if mixed and self.sums else self.method
        outputs = [Holding(*one) for one in zip(values, divide(method, sources, values))]
        for output in outputs:
            output.hops = {label: 1 + min(s.hops[label] for s in sources if label in s.hops)
                           for label in output.amounts()}
        return outputs
    def mine(self, block, fees):  # they flow on into the coinbase, after the clean subsidy
        height, values = block[0].key[0], [value for value, _ in block[0].coins]
        outputs = [Holding(value) for value in values]
        if any(fees.values()):
            assert merkle_root([tx.id for tx in block]) == self.headers[height][36:68] and all(
                tx.complete for tx in block), f"block {height} is not whole"
            sources = [Holding(50 * 10**8 >> height // self.halving),
                       *(fees[tx.key] or Holding(tx.fee) for tx in block[1:])]
            values.append(sum(source.value for source in sources) - sum(values))
            *outputs, rest = self.move(sources, values)
            for label, amount in rest.amounts().items():
                self.bare["burned"][label] += amount
        self.arrive(block[0], outputs)
    def arrive(self, tx, outputs, mixed=()):
        stops, asked = self.stated["owners"], self.asked
        for number, holding in enumerate(outputs):
            coin, script, tainted = (*tx.key, number), tx.coins[number][1], holding.amounts()
            if not tainted and coin not in self.seeds:
                continue
            self.touched[1] += 1
            burned = ("burned", None) if script[:1] == b"\x6a" else None
            stop = burned or stops.get(owner(script)) or stops.get(sha256(script)) or (
                ("mixed", None) if number in mixed else None)
            if coin in self.seeds:
                holding, stop = self.lay(coin, holding, stop if tainted else None), burned
            elif not stop and (sum(tainted.values()) < int(asked["min_amount"]) or
                               asked["max_hops"] is not None and
                               min(holding.hops.values()) > asked["max_hops"] or
                               asked["until"] is not None and tx.key[0] > asked["until"]):
                stop = ("cut", None)
            if stop:
                self.land(*stop, coin, holding)
            elif holding.amounts():
                self.waiting[tx.id, number] = coin, holding
    def lay(self, coin, holding, stop):  # seeds take of their units what is clean
        arrived, at, units, hops = [], 0, [], {} if stop else dict(holding.hops)
        if stop:
            self.land(*stop, coin, holding)
        for label, length in holding.units:
            arrived, at = arrived + [(at, at + length, label)] * bool(label), at + length
        bounds = sorted({0, holding.value}.union(*(part[:2] for part in arrived), *(
            seed[1:3] for seed in self.seeds[coin])))
        for low, high in zip(bounds, bounds[1:]):
            label = max((l for first, end, l in arrived if first <= low < end), default=0)
            seed = next((s for s in self.seeds[coin] if s[1] <= low < s[2] and not label), None)
            if seed:
                seed[3], hops[seed[0]] = seed[3] + high - low, 0
            units.append((seed[0] if seed else 0 if stop else label, high - low))
        laid = Holding(holding.value, units, hops)
        laid.units = units if self.method in ("fifo", "lifo") else [*laid.amounts().items()]
        return laid
    def land(self, kind, service, coin, holding):
        for label, n in holding.amounts().items():
            self.landed[kind, service].setdefault((coin, label), [0, holding.hops[label]])[0] += n
    def rows(self, name):  # as rows_of() has them, as far as hops, and each one's script
        order = lambda place: (KINDS.index(place[0]), -1 if place[1] is None else place[1])
        for kind, service in sorted({*self.landed, *((k, None) for k in self.bare)}, key=order):
            one = {} if service is None else self.stated["services"][service]
            place = [kind, one.get("name", ""), one.get("category", "")]
            for (coin, label), (amount, hops) in sorted(self.landed[kind, service].items()):
                value, script = self.by_key[coin[:2]].coins[coin[2]]
                yield [*place, name(coin), value, amount, self.labels[label], coin[0], hops], script
            for label, amount in sorted(self.bare[kind].items()) if not one and self.sums else ():
                yield [*place, "", "", amount, self.labels[label], "", ""], None
    def compare(self, trace, chain):
        name = lambda coin: f"{self.by_key[coin[:2]].name}:{coin[2]}"
        same = lambda ours, theirs: check(ours == theirs, "result.json",
                                          f"{self.method}: {theirs}, and run again {ours}")
        rows, mine = rows_of(trace), [*self.rows(name)]
        same(len(mine), len(rows))
        for (ours, script), row in zip(mine, rows):
            same([str(word) for word in ours], row[:9])
            check(script is None or owner_of(row[9], chain) in (owner(script), sha256(script)),
                  "result.json", f"{row[9]} is not the address of {row[3]}")
        for d in trace["destinations"]:
            place = [d["kind"], d["service"] or "", d.get("category", "")]
            total = sum(row[5] for row, _ in mine if row[:3] == place)
            same(str(total) if self.sums else None, d["amount"])
        seeds = [(coin, *seed) for coin in sorted(self.seeds) for seed in self.seeds[coin]]
        same([[name(coin), str(value), str(end - first), str(amount), self.labels[label]]
              for coin, label, first, end, amount, value in seeds],
             [[*seed.values()][:5] for seed in trace["seed"]["coins"]])
        effective, whole = sum(seed[4] for seed in seeds), sum(row[5] for row, _ in mine)
        same([self.method, self.asked["fees"], self.stated["tip"], self.touched, str(effective),
              str(sum(seed[3] - seed[2] for seed in seeds)), str(whole) if self.sums else None],
             [trace["method"], trace["fees"], trace["tip"], [*trace["touched"].values()],
              trace["seed"]["effective"], trace["seed"]["claimed"], trace["total"]])
        check(not self.sums or effective == whole, "result.json", f"{self.method} does not balance")
# ---- the whole
def rows_of(trace):
    rows = [{"category": "", **d, "destination": d["kind"], **row, "service": d["service"] or ""}
            for d in trace["destinations"] for row in [*d["coins"], *d.get("without_coin", [])]]
    return [[str(row.get(name, "")) for name in ROW] for row in rows]
def run_again(read, stated, chain, headers):
    found, made = read_transactions(read["transactions.bin"], headers)
    stated["owners"] = {owner_of(stop["address"], chain): (stop["kind"], stop["service"])
                        for stop in stated["stops"]}
    result, methods = json.loads(read["result.json"]), stated["question"]["methods"]
    traces = result.get("traces", [result])
    check(len(traces) == len(methods), "result.json", "is of other methods")
    for method, trace in zip(methods, traces):
        Trace(method, stated, found, made, headers, chain).run().compare(trace, chain)
    table = csv.DictReader(io.StringIO(read["result.csv"].decode(), newline=""))
    plain = lambda rows: [[word.lstrip("'") for word in row] for row in rows]  # for spreadsheets
    check(plain([row[name] for name in ROW] for row in table) == plain(
        row for trace in traces for row in rows_of(trace)), "result.csv", "does not say the same")
    return len(found)
def main():
    folder, *rest = sys.argv[1:] or [""]
    sums = os.path.join(folder, "SHA256SUMS")
    if rest and rest[0] != "--key" or os.path.islink(sums) or not os.path.isfile(sums):
        sys.exit(print("no bundle of evidence; usage: verify.py FOLDER [--key HEX]") or 3)
    read, signer = read_files(folder, rest[-1] if rest else None)
    try:
        stated = json.loads(read["bundle.json"])
        chain, asked = CHAINS[stated["chain"]], stated["question"]
        check((stated["schema"], asked["direction"]) == ("tracehound.evidence/1", "forward") and
              asked["fees"] in ("sink", "miner") and asked["mix"] in MIXES, "bundle.json",
              "asks for what this program does not know")
        headers = check_headers(read["headers.bin"], stated, chain)
        count = 0 if wrong else run_again(read, stated, chain, headers)
    except Exception as fault:  # whatever a hostile file makes this stumble over
        check(False, "the bundle", f"cannot be read on: {type(fault).__name__}: {fault}")
    print("\n".join("does not hold: " + ascii(line)[1:-1] for line in wrong) or
          f"{folder} holds: {len(headers)} headers of {stated['chain']} to {stated['tip']}; {count}"
          f" transactions; {stated['question']['methods']}; signed by {signer.hex() or 'nobody'}.\n"
          "Not proven: that all follow this chain, that held coins are unspent (ask a node), what\n"
          "tags say, and what is taken as stated (see the head of this program).")
    sys.exit(1 if wrong else 0)
main()
