#!/usr/bin/env python3
"""Checks a bundle of evidence that `tracehound incident evidence` made, in plain Python.

usage: verify.py FOLDER [--key HEX]. Exit codes: 0 it holds, 1 something does not, 3 no bundle.
It shares no code with tracehound, and needs Python 3.8 and, beside it, coin_trace.py, which has the
trace itself; docs/evidence.md says what the files are. It checks sums, signature, headers and their
difficulty, Merkle branches, input values and what shows whose an address is; runs the trace again
by every method; and compares result.json and result.csv, to the last byte. Taken as stated: which
transactions are mixes and what of them is change, which addresses burn, that the seeds and their
labels are the incident's, README.txt. `tracehound verify` looks at those too.
"""
import csv, functools, hashlib, io, itertools, json, os, pathlib, re, struct, sys, time
from collections import namedtuple
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from coin_trace import KINDS, NOBODY, Trace, ranges

FILES = ["README.txt", "bundle.json", "headers.bin", "incident.yaml", "result.csv", "result.json",
         "tags.json", "transactions.bin"]
COLUMNS = ("method destination service category coin address value amount label height time_utc "
           "hops notation running_total").split()
# chain, last digits of genesis, easiest bits, address prefixes, blocks to a halving, kind of work
CHAINS = {line.split()[0]: tuple(line.split()[1:]) for line in """
bitcoin:main 9c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f 1d00ffff 0 5 bc 210000 sha
bitcoin:test ad0ee984209779baaec3ced90fa3f408719526f8d77f4943 1d00ffff 111 196 tb 210000 sha
bitcoin:testnet4 fbbc53dee25a72ae507ff4914b867c565be350b0da8bf043 1d00ffff 111 196 tb 210000 sha
bitcoin:signet 25422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6 1e0377ae 111 196 tb 210000 sha
bitcoin:regtest 1f2a335e3a4fc328bf5beb436012afca590b1a11466e2206 207fffff 111 196 bcrt 150 sha
litecoin:main bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2 1e0fffff 48 50 ltc 840000 scrypt
litecoin:test fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0 1e0fffff 111 58 tltc 840000 scrypt
litecoin:regtest d12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9 207fffff 111 58 rltc 150 scrypt
""".strip().split("\n")}
# what bundle.json and tags.json hold: texts by a pattern, numbers below 2**32, (none or one), [any]
HASH, AMOUNT, INDEX = "[0-9a-f]{64}", "0|[1-9][0-9]{0,19}", ":(0|[1-9][0-9]{0,9})"
STATEMENT = {
    "schema": "tracehound[.]evidence/1", "engine": str, "chain": str, "first_header": int,
    "tip": {"height": int, "hash": HASH},
    "question": {
        "label_by": "incident|victim|transaction",
        "methods": ["fifo|lifo|haircut|tiho|tilo|seniority|poison"], "direction": "forward",
        "fees": "sink|miner", "mix": "stop|haircut|follow-change|off", "clusters": "on|off",
        "stop_at": [str], "through": [str], "min_amount": AMOUNT, "max_hops": (int,),
        "until": (int,), "as_of": (
            "[0-9]{1,10}|[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z)?",)},
    "labels": [str],
    "seeds": [{"coin": HASH + INDEX, "first": AMOUNT, "end": AMOUNT, "label": int}],
    "services": [{"name": str, "category": str}],
    "stops": [{"address": str, "kind": "service|crossed|burned", "service": (int,), "tags": [int],
               "steps": [{"transaction": HASH, "address": str}], "not_shown": (str,)}],
    "mixes": [{"transaction": HASH, "protocol": str, "changes": [{"input": int, "output": int}]}]}
TAG = dict.fromkeys("""address label actor category abuse concepts confidence level
    is_cluster_definer currency network source lastmod tag_type service pack title creator sha256
    line""".split(), str)
TAG.update(concepts=[str], level=int, is_cluster_definer=bool, line=int)
TAGS = {"schema": "tracehound[.]evidence-tags/1", "tags": [TAG]}
CALLED = {"wallet_service": "hosted_wallet", "escrow_wallet": "hosted_wallet",
          "marketplace": "market", "mixer": "mixing_service", "bridge": "defi_bridge"}
# of the block chain: all transactions, those by txid, a script's address, whether all of a block is
# here, what its miner may make
Chain = namedtuple("Chain", "found made address_of is_whole subsidy")
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
FOLDS = [0]
for term in 0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3:
    FOLDS += [fold ^ term for fold in FOLDS]
def base58(data):
    data, text = data + sha256d(data)[:4], ""
    number, zeros = int.from_bytes(data, "big"), len(data) - len(data.lstrip(b"\0"))
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * zeros + text
def bech32(prefix, version, program):
    number, size = int.from_bytes(program, "big"), 8 * len(program)
    digits = [number << -size % 5 >> 5 * i & 31 for i in range((size + 4) // 5)[::-1]]
    values, folded = [version, *digits], 1
    for value in [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values,
                  *[0] * 6]:
        folded = (folded & 0x1FFFFFF) << 5 ^ value ^ FOLDS[folded >> 25]
    values += [(folded ^ (0x2BC830A3 if version else 1)) >> 5 * i & 31 for i in range(6)[::-1]]
    return prefix + "1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in values)
KEYS = rb"(?:\x21|\x4c\x21|\x4d\x21\0|\x4e\x21\0\0\0)[\2\3].{32}", (
    rb"(?:\x41|\x4c\x41|\x4d\x41\0|\x4e\x41\0\0\0)[\4\6\7].{64}")
FORMS = [re.compile(form, re.DOTALL) for form in (
    rb"\x21([\2\3].{32})\xac|\x41([\4\6\7].{64})\xac", rb"\x76\xa9\x14(.{20})\x88\xac",
    rb"\xa9\x14(.{20})\x87", rb"([\0\x51-\x60])[\2-\x28](.{2,40})",
    rb"([\x51-\x60]|\x01[\x11-\x14])((?:%b|%b)+)([\x51-\x60]|\x01[\x11-\x14])\xae" % KEYS)]
def address_of(script, chain):  # as tracehound writes what a script pays
    key, key_hash, script_hash, witness, multisig = [form.fullmatch(script) for form in FORMS]
    if key or key_hash:  # a key and its hash are one
        ripemd = lambda data: hashlib.new("ripemd160", data).digest()
        hashed = key_hash[1] if key_hash else ripemd(sha256(script[1:-1]))
        return base58(bytes([int(chain[2])]) + hashed)
    if script_hash:
        return base58(bytes([int(chain[3])]) + script_hash[1])
    if witness and script[1] + 2 == len(script) and (script[0] or len(script) in (22, 34)):
        return bech32(chain[4], script[0] and script[0] - 0x50, witness[2])
    number = lambda data: data[-1] if len(data) > 1 else data[0] - 0x50
    keys = multisig and len(re.findall(b"|".join(KEYS), multisig[2], re.DOTALL))
    many = multisig and number(multisig[1]) <= number(multisig[3]) == keys
    word = "op_return" if script[:1] == b"\x6a" else "multisig" if many else "script"
    return f"{word}:{sha256(script).hex()}"
# ---- the whole
def table(answers, headers):  # result.csv; words that a spreadsheet would reckon with are marked
    text, names = io.StringIO(), COLUMNS[len(answers) < 2:]
    writer = csv.writer(text)
    writer.writerow(names)
    for answer in answers:
        for d in answer["destinations"]:
            for row in [*d["coins"], *d.get("without_coin", [])]:
                said = {"method": answer["method"], **d, "destination": d["kind"], **row}
                if "coin" in row:
                    seconds = struct.unpack_from("<I", headers[row["height"]], 68)[0]
                    said["time_utc"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
                words = ["" if said.get(n) is None else str(said[n]) for n in names]
                writer.writerow("'" * (word[:1] in [*"=+-@\t\r"]) + word for word in words)
    return text.getvalue()
def written(value):  # as tracehound writes JSON: of control characters, it shortens \n and \t alone
    text = json.dumps(value, indent=1, ensure_ascii=False).replace("\x7f", "\\u007f")
    long = {"r": "\\u000d", "b": "\\u0008", "f": "\\u000c"}
    return re.sub(r"\\(.)", lambda match: long.get(match[1], match[0]), text) + "\n"
def fits(value, shape):
    if isinstance(shape, dict):
        return isinstance(value, dict) and [*value] == [*shape] and all(
            fits(value[name], shape[name]) for name in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(one, shape[0]) for one in value)
    if isinstance(shape, tuple):
        return value is None or fits(value, shape[0])
    if isinstance(shape, str):
        return isinstance(value, str) and re.fullmatch(shape, value)
    return type(value) is shape and (shape is not int or 0 <= value < 2**32)
def read_json(read, file, shape):
    value = json.loads(read[file])
    compare(file, written(value), read[file].decode())  # nor is a name there twice
    assert fits(value, shape), f"{file} has what does not belong there"
    return value
def compare(file, ours, theirs):
    lines = itertools.zip_longest(ours.split("\n"), theirs.split("\n"))
    for number, (mine, stated) in enumerate(lines, 1):
        if not check(mine == stated, file, f"line {number}: {stated}; it should be: {mine}"):
            break
def check_question(asked, tip, seconds):
    check(len({*asked["methods"]}) == len(asked["methods"]) > 0, "bundle.json",
          "asks for no method, or for one twice")
    day, at = asked["as_of"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    check(not day or (tip <= int(day) if day.isdigit() else at[:len(day)] <= day), "bundle.json",
          f"as_of {day} is no day whose last block could be the tip")
def subject(text):  # Bech32 in capitals is the same in small letters
    return text.lower() if text == text.upper() else text
def check_stops(stated, tags, chain):
    check([stop["address"] for stop in stated["stops"]] == sorted(
        {stop["address"] for stop in stated["stops"]}), "bundle.json", "has stops out of order")
    for used, all_there, file in (
            ([stop["service"] for stop in stated["stops"]], stated["services"], "bundle.json"),
            ([tag for stop in stated["stops"] for tag in stop["tags"]], tags, "tags.json")):
        check({*used} - {None} == {*range(len(all_there))}, file, "has what is no stop's")
    through = {subject(one.split("cluster:")[-1]) for one in stated["question"]["through"]}
    mixes = {mix["transaction"] for mix in stated["mixes"]}
    for stop in stated["stops"]:
        at, said = stop["address"], f"stop {stop['address']}: "
        check(at not in through, "bundle.json", said + "through it the trace was to go on")
        if stop["kind"] == "burned":
            check(stop["service"] is None and not (stop["tags"] or stop["steps"] or
                  stop["not_shown"]), "bundle.json", said + "is no one's")
            continue
        service = stated["services"][stop["service"]]
        check(service["category"] in stated["question"]["stop_at"], "bundle.json",
              said + f"a {service['category']} was not to stop anything")
        check(stated["question"]["clusters"] == "on" or not (stop["steps"] or stop["not_shown"]),
              "bundle.json", said + "is another's by clusters, which were off")
        check(not (stop["steps"] and stop["not_shown"]), "bundle.json",
              said + "is shown, and said not to be")
        check((service["category"] == "defi_bridge") == (stop["kind"] == "crossed"),
              "bundle.json", said + "is of another kind")
        for step in stop["steps"]:  # the two spend together
            tx = chain.made.get(bytes.fromhex(step["transaction"])[::-1])
            spend = {chain.address_of(parent.coins[number][1]) for parent, (_, number) in zip(
                tx.took, tx.inputs)} if tx and tx.complete else set()
            check({at, step["address"]} <= spend and step["transaction"] not in mixes,
                  "bundle.json", said + f"{step['transaction']} does not join {at} to "
                  f"{step['address']}")
            at = step["address"]
        says = [(subject(tag["address"]), tag["service"]) for tag in map(
            tags.__getitem__, stop["tags"])]
        check({*says} == {(subject(stop["not_shown"] or at), service["name"])}, "bundle.json",
              said + f"no tag says so, or one says something else: {says}")
        for tag in map(tags.__getitem__, stop["tags"]):
            words = [CALLED.get(word, word) for word in [tag["category"], *tag["concepts"]]]
            check(service["category"] in words and tag["abuse"] in ("", "sanction") and
                  tag["tag_type"] in ("", "actor"), "bundle.json",
                  said + f"a tag does not say that it is a {service['category']}'s")
def run_again(read, stated, facts, headers):
    found, made = read_transactions(read["transactions.bin"], headers)
    chain = Chain(
        found, made, functools.lru_cache(maxsize=None)(lambda script: address_of(script, facts)),
        lambda block: all(tx.complete for tx in block) and merkle_root(
            [tx.id for tx in block]) == headers[block[0].key[0]][36:68],
        lambda height: 50 * 10**8 >> height // int(facts[5]))
    check_stops(stated, read_json(read, "tags.json", TAGS)["tags"], chain)
    stated["places"] = {stop["address"]: (KINDS.index(stop["kind"]), (
        NOBODY if stop["service"] is None else stop["service"])) for stop in stated["stops"]}
    stated["whose"] = [*({"service": one["name"], "category": one["category"]}
                         for one in stated["services"]), {"service": None}]  # the last is NOBODY's
    traces = [Trace(method, stated, chain).run() for method in stated["question"]["methods"]]
    answers = [trace.answer() for trace in traces]
    whole = answers[0] if len(answers) == 1 else {
        "schema": "tracehound.traces/1", "traces": answers,
        "ranges": ranges(traces, stated["whose"])}
    compare("result.json", written(whole), read["result.json"].decode())
    compare("result.csv", table(answers, headers), read["result.csv"].decode())
    return len(found)
def main():
    folder, *rest = sys.argv[1:] or [""]
    sums = os.path.join(folder, "SHA256SUMS")
    if rest and rest[0] != "--key" or os.path.islink(sums) or not os.path.isfile(sums):
        sys.exit(print("no bundle of evidence; usage: verify.py FOLDER [--key HEX]") or 3)
    read, signer = read_files(folder, rest[-1] if rest else None)
    try:
        stated = read_json(read, "bundle.json", STATEMENT)
        chain, first = CHAINS[stated["chain"]], stated["first_header"]
        headers = check_headers(read["headers.bin"], stated, chain)
        check_question(stated["question"], stated["tip"]["height"],
                       struct.unpack_from("<I", headers[max(headers)], 68)[0])
        hidden = [stop["address"] for stop in stated["stops"] if stop["not_shown"]]
        count = 0 if wrong else run_again(read, stated, chain, headers)
    except Exception as fault:  # whatever a hostile file makes this stumble over
        check(False, "the bundle", f"cannot be read on: {type(fault).__name__}: {fault}")
    print("\n".join("does not hold: " + ascii(line)[1:-1] for line in wrong) or
          f"{folder} holds: {len(headers)} headers of {stated['chain']} from height {first} to "
          f"{stated['tip']}; {count} transactions; {stated['question']['methods']}; signed by "
          f"{signer.hex() or 'nobody'}.\nNot proven: that all follow this chain, that held coins "
          "are unspent (ask a node), what\ntags say, what is taken as stated (see the head of this "
          f"program), why {', '.join(hidden) or 'no address'} is a service's (stated, not shown).")
    sys.exit(1 if wrong else 0)
main()
