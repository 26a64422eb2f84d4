#!/usr/bin/env python3
"""Checks a bundle of evidence of an account ledger that `tracehound incident evidence` made.

usage: verify_accounts.py FOLDER [--key HEX]. Exit codes: 0 it holds, 1 something does not,
3 no bundle.
It shares no code with tracehound, and needs Python 3.8 and, beside it, account_trace.py, which has
the trace itself; docs/evidence.md says what the files are. It checks sums and signature, runs the
trace again on transfers.jsonl by every method, and compares all of result.json and result.csv.
Taken as stated: the transfers, seeds, prices, whose accounts are whose and why, who of the parties
to a swap had been seen least, README.txt. `tracehound verify` looks at seeds and tags too.
"""
import datetime, hashlib, json, os, re, sys
from collections import defaultdict
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from account_trace import Book, Trace

FILES = ["README.txt", "bundle.json", "incident.yaml", "result.csv", "result.json", "tags.json",
         "transfers.jsonl"]
KINDS = ["held", "service", "mixed", "crossed", "burned", "fees", "cut"]
COLUMNS = ("destination service category account asset amount label transaction height time_utc "
           "hops balance usd opening").split()
METHODS = ["fifo", "lifo", "haircut", "tiho", "tilo", "seniority", "poison", "taint-first",
           "clean-first"]
wrong = []  # what does not hold
sha256 = lambda data: hashlib.sha256(data).digest()
def check(holds, file, what):
    wrong.extend([] if holds else [f"{file}: {what}"])
    return holds

# ---- Ed25519 (RFC 8032)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
inverse = lambda number: pow(number, P - 2, P)
D = -121665 * inverse(121666) % P
def add_points(a, b):
    (x1, y1), (x2, y2) = a, b
    m = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * inverse(1 + m) % P, (y1 * y2 + x1 * x2) * inverse(1 - m) % P
def times(point, number):
    half = times(add_points(point, point), number // 2) if number else (0, 1)
    return add_points(half, point) if number % 2 else half
def point_of(data):
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * inverse(D * y * y + 1) % P
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
            with open(entry.path, "rb") as file:
                read[entry.name] = file.read()
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

# ---- the result, as result.json has it
def rows_of(trace, place):
    kind, _, asset = place
    for at, account, label, amount, hops in sorted(trace.landed[place], key=lambda row: (
            row[0], row[2])):  # by transaction (held: by account), then label
        row = {"account": "" if account is None else account}
        if kind == "held":
            row["balance"] = str(trace.holders[account, asset].value)
        else:
            tx = trace.book.transactions[at]
            row.update({"transaction": tx["transaction"], "height": tx["block"]})
            row.update(trace.book.usd(at, asset, amount))
        if kind == "held" and trace.shorts[account, asset]:
            row["opening"] = "unknown"
        yield {**row, "amount": str(amount), "hops": hops, "label": trace.labels[label]}
def destinations_of(trace):
    places = {*trace.landed, *([("fees", None, 0)] if trace.fees else [])}
    for place in sorted(places, key=lambda p: (KINDS.index(p[0]), -1 if p[1] is None else p[1],
                                               p[2])):
        kind, service, asset = place
        one = {} if service is None else trace.book.stated["services"][service]
        fees = sorted(trace.fees.items()) if kind == "fees" and trace.sums else []
        total = sum(row[3] for row in trace.landed[place]) + sum(units for _, units in fees)
        fees = [{"label": trace.labels[label], "amount": str(units)} for label, units in fees]
        yield place, total, {
            "kind": kind, "service": one.get("name"),
            **({"category": one["category"]} if one else {}), "asset": trace.book.called(asset),
            "amount": str(total) if trace.sums else None, "holders": [*rows_of(trace, place)],
            **({"labels": fees} if kind == "fees" else {})}
def books_of(trace, seeds, totals):
    assets = {asset for asset, _ in [*trace.swapped[0], *trace.swapped[1], *trace.seeded]}
    assets |= {seed["asset"] for seed in seeds} | {*totals} | {asset for _, asset in trace.unknown}
    for asset in sorted(assets):
        row = trace.book.assets[asset]
        of = lambda units: str(sum(units)) if trace.sums else None
        swapped = [[n for (a, _), n in way.items() if a == asset] for way in trace.swapped]
        yield {"asset": trace.book.called(asset), "contract": row["contract"],
               "decimals": row["decimals"],
               "claimed": str(sum(s["end"] - s["first"] for s in seeds if s["asset"] == asset)),
               "effective": of(s["got"] for s in seeds if s["holder"][1] == asset),
               "swapped_in": of(swapped[0]), "swapped_out": of(swapped[1]),
               "total": of([totals[asset]]),
               "holders_with_unknown_opening": sum(a == asset for _, a in trace.unknown)}
def result_of(trace):
    book, stated = trace.book, trace.book.stated
    seeds = [seed for tx in sorted(trace.seeds) for seed in trace.seeds[tx]]
    totals, destinations = defaultdict(int), []
    for place, total, destination in destinations_of(trace):
        totals[place[2]] += total
        destinations.append(destination)
    return {
        "schema": "tracehound.trace/1", "ledger": "account", "chain": stated["chain"],
        "tip": {"height": stated["tip"]["height"], "hash": stated["tip"]["hash"]},
        "method": trace.method, "direction": "forward", "fees": "sink",
        "seed": {"transfers": [{
            "transfer": s["transfer"], "side": s["side"], "account": s["holder"][0] or "",
            "asset": book.called(s["holder"][1]), "claimed": str(s["end"] - s["first"]),
            "amount": str(s["got"]), **book.usd(s["tx"], s["holder"][1], s["got"]),
            "label": trace.labels[s["label"]]} for s in seeds]},
        "assets": [*books_of(trace, seeds, totals)], "destinations": destinations,
        "swaps": {"crossed": trace.swaps, "approx": trace.approximate,
                  "actor_guessed": trace.guessed},
        "touched": {"transactions": trace.touched}}

# ---- the whole
def ranges(results):  # what each place holds by the methods with sums: the least and the most
    places, counted = {}, [r for r in results if r["method"] != "poison"]
    for result in counted:
        for d in result["destinations"]:
            places.setdefault((KINDS.index(d["kind"]), d["service"], d.get("category"),
                               d["asset"]), []).append(int(d["amount"]))
    return {place: (min(found) if len(found) == len(counted) else 0, max(found))
            for place, found in places.items()}
def field(value):
    text = "" if value is None else str(value)
    text = "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") and text else text
    return '"' + text.replace('"', '""') + '"' if re.search('[,"\r\n]', text) else text
def table(results, times):  # result.csv
    lines = [(["method"] if len(results) > 1 else []) + COLUMNS]
    for result in results:
        for d in result["destinations"]:
            for row in d["holders"] + d.get("labels", []):
                row = {**d, "destination": d["kind"], **row}
                if "transaction" in row:
                    time = datetime.datetime.fromtimestamp(times[row["transaction"]],
                                                           datetime.timezone.utc)
                    row["time_utc"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
                lines.append([result["method"]] * (len(results) > 1) +
                             [row.get(name, "") for name in COLUMNS])
    return "".join(",".join(map(field, line)) + "\r\n" for line in lines)
def compare(ours, theirs, where):
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        return all([compare(ours[key], theirs[key], f"{where} {key}") for key in ours])
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return all([compare(*two, f"{where} {i}") for i, two in enumerate(zip(ours, theirs))])
    return check(ours == theirs, "result.json", f"{where}: {theirs}, and run again {ours}")
def written(value):  # as tracehound writes JSON: of control characters, it shortens \n and \t alone
    text = json.dumps(value, indent=1, ensure_ascii=False).replace("\x7f", "\\u007f")
    long = {"r": "\\u000d", "b": "\\u0008", "f": "\\u000c"}
    return re.sub(r"\\(.)", lambda match: long.get(match[1], match[0]), text) + "\n"
def read_json(read, file):  # in its one form, so that no name stands there twice
    value = json.loads(read[file])
    check(written(value) == read[file].decode(), file, "is not in its form")
    return value
def not_proven(stated):
    yield ("That any of these transfers happened, in this order: the data of such a ledger carry "
           "no headers and no Merkle proofs. Compare the transactions with a node of "
           f"{stated['chain']}.")
    yield ("That none is missing: of every account that taint reached, all transfers up to the tip "
           "belong here, and no proof shows one that is left out.")
    yield ("What an account held before the first transfer that the ledger knows: where more goes "
           "out than came in, the rest counts as clean and older.")
    yield ("That a tag is right: it is its author's claim, shown with file and line. Nor that no "
           "other tag contradicts it.")
    if stated["seen"]:
        many = f"{len(stated['seen'])} transaction{'s' * (len(stated['seen']) > 1)}"
        yield (f"How often parties to swaps had been seen before: in {many} that says who of them "
               "acted, and it is stated.")
    yield "What assets were worth: values in dollars are the ledger's or a list's, and are stated."
def run_again(read, stated):
    asked = stated["question"]["methods"]
    check(stated["not_proven"] == [*not_proven(stated)], "bundle.json",
          "says otherwise what it cannot prove")
    check({*asked} <= {*METHODS} and len({*asked}) == len(asked) > 0, "bundle.json",
          f"asks for no methods that there are, or for one twice: {asked}")
    book = Book(stated, read["transfers.jsonl"].decode())
    results = [result_of(Trace(book, method).run()) for method in asked]
    found = read_json(read, "result.json")
    if len(results) > 1:
        check([*found] == ["schema", "traces", "ranges"], "result.json", "has other parts")
        theirs = {(KINDS.index(r["kind"]), r["service"], r.get("category"), r["asset"]):
                  (int(r["least"]), int(r["most"])) for r in found["ranges"]}
        check(theirs == ranges(results), "result.json", "its ranges are not those of its traces")
    compare(results, found.get("traces", [found]), "trace")
    for result in results:
        for a in result["assets"] if result["method"] != "poison" else ():
            check(int(a["effective"]) + int(a["swapped_in"]) == int(a["swapped_out"]) +
                  int(a["total"]), "result.json", f"{result['method']} does not balance")
    times = {tx["transaction"]: tx["time"] for tx in book.transactions}
    check(table(results, times).encode() == read["result.csv"], "result.csv",
          "is not what the trace run again gives")
    return len(book.transactions)
def main():
    folder, *rest = sys.argv[1:] or [""]
    if rest and rest[0] != "--key" or not os.path.isfile(os.path.join(folder, "SHA256SUMS")):
        sys.exit(print("no bundle of evidence; usage: verify_accounts.py FOLDER [--key HEX]") or 3)
    read, signer = read_files(folder, rest[-1] if rest else None)
    try:
        stated = read_json(read, "bundle.json")
        read_json(read, "tags.json")
        count = 0 if wrong else run_again(read, stated)
    except Exception as fault:  # whatever a hostile file makes this stumble over
        check(False, "the bundle", f"cannot be read on: {type(fault).__name__}: {fault}")
    print("\n".join("does not hold: " + ascii(line)[1:-1] for line in wrong) or
          f"{folder} holds: {stated['chain']} to block {stated['tip']['height']}; {count} "
          f"transactions; {stated['question']['methods']}; signed by {signer.hex() or 'nobody'}.\n"
          "Not proven:\n" + "\n".join(f"- {sentence}" for sentence in not_proven(stated)) +
          "\n- What is taken as stated: see the head of this program.")
    sys.exit(1 if wrong else 0)
main()
