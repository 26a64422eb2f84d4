"""Parquet as other tools write it, through DuckDB: the same rows make the same ledger as from CSV,
whatever types they have; what is no sound Parquet is refused in a sentence and changes nothing."""

import csv
import json
import os
import random
import subprocess

from support.harness import (BAD_INPUT, MACHINE, ROOT, USAGE, Skip, check, environment, equal,
                             fingerprint, main, run, same_bytes, sentence)

PYTHON = ROOT / "tests/e2e/python/venv/bin/python"
DUCKDB = ROOT / "tests/e2e/node/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so"
ENV = environment(TRACEHOUND_DUCKDB=str(DUCKDB))
MAP = """chain = test
time = when
block = height
tx = id
position = place
from = giver
to = taker
amount = amount
asset = coin
contract = token
unit = base
usd = dollars
to_label = label
"""
TRANSFER = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def write(path, columns, **options):
    table = {"path": str(path), "columns": columns, **options}
    done = subprocess.run([PYTHON, ROOT / "tests/e2e/support/write_parquet.py"],
                          input=json.dumps(table).encode(), capture_output=True, check=False,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    equal(done.returncode, 0, f"writing {path.name}: {done.stderr[-600:]}")
    return path


def write_csv(path, columns):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(name for name, _ in columns)
        out.writerows(zip(*(values for _, values in columns)))
    return path


def the_list(rows):
    """Column by column, as texts of a CSV."""
    dice = random.Random(6)
    word = lambda digits: f"0x{dice.getrandbits(4 * digits):0{digits}x}"
    accounts = [word(40) for _ in range(rows // 5 + 2)]
    heights = sorted(dice.randrange(1, rows // 4 + 2) for _ in range(rows))
    tokens = {"A": word(40), "B": word(40)}
    coins = [dice.choice("AB") for _ in range(rows)]
    return {
        "when": [1_600_000_000 + 12 * height for height in heights],
        "height": heights,
        "id": [word(64) for _ in range(rows)],
        "place": [dice.randrange(1 << 31) for _ in range(rows)],
        "giver": [dice.choice(accounts) if dice.random() < 0.95 else None for _ in range(rows)],
        "taker": [dice.choice(accounts) for _ in range(rows)],
        "amount": [str(dice.getrandbits(dice.choice([1, 60, 100, 256]))) for _ in range(rows)],
        "coin": coins,
        "token": [tokens[coin] for coin in coins],
        "dollars": [dice.choice([None, 0.5, 1234.25, 3.0]) for _ in range(rows)],
        "label": [dice.choice([None, "Exchange, \"one\"", "B\u00e4cker"]) for _ in range(rows)],
    }


def typed(columns, **types):
    return [[name, types.get(name, "text"), values] for name, values in columns.items()]


def take(folder, ledger, *words, **options):
    (folder / "list.map").write_text(MAP)
    return run("ingest", "transfers", "--map", folder / "list.map", "--ledger", folder / ledger,
               *words, env=ENV, **options)


def a_list_is_the_same_as_from_csv(folder):
    if not PYTHON.exists() or not DUCKDB.exists():
        raise Skip("the PyPI and npm packages are not installed; script/setup does that")
    rows = the_list(12_000)
    listed = write_csv(folder / "list.csv", list(rows.items()))
    take(folder, "csv", "--csv", listed, "--labels", folder / "csv.labels")
    wanted = fingerprint(folder / "csv")
    hexed = {**rows, "amount": [f"{int(amount):064x}" for amount in rows["amount"]]}
    numbers = {"height": "uint32", "place": "int64", "dollars": "double"}
    forms = {
        "texts": typed({name: [value if value is None else str(value) for value in values]
                        for name, values in rows.items()}),
        "cryo": typed(hexed, when="uint32", id="bytes", giver="bytes", taker="bytes",
                      amount="bytes32", token="bytes", coin="dictionary", **numbers),
        "pandas": typed(rows, when="time_ns", id="bytes32", giver="bytes20", taker="bytes20",
                        **numbers),
        "zoned": typed(rows, when="time_ms_utc", **numbers),
    }
    for number, (form, columns) in enumerate(forms.items()):
        path = write(folder / f"{form}.parquet", columns, rows_per_group=[None, 5_000][number % 2],
                     compression=["snappy", "zstd", "gzip", "none"][number])
        out = take(folder, form, "--parquet", path, "--threads", number + 1,
                   "--labels", folder / f"{form}.labels")
        same_bytes(folder / form, wanted, f"the ledger from Parquet, {form}")
        equal((folder / f"{form}.labels").read_text(), (folder / "csv.labels").read_text(),
              "labels")
        check(" added; 12000 transfers" in out.out.decode(), out.out)


def rows_out_of_order_are_sorted(folder):
    rows = the_list(5_000)
    order = list(range(5_000))
    random.Random(1).shuffle(order)
    mixed = {name: [values[i] for i in order] for name, values in rows.items()}
    take(folder, "csv", "--csv", write_csv(folder / "list.csv", list(mixed.items())))
    path = write(folder / "list.parquet", typed(mixed, when="time_us", height="uint64",
                                                place="uint32", dollars="double"))
    take(folder, "parquet", "--parquet", path)
    same_bytes(folder / "parquet", fingerprint(folder / "csv"), "the ledger of a shuffled list")


def what_is_wrong_is_said_and_changes_nothing(folder):
    rows = the_list(4_000)
    kinds = {"when": "uint32", "height": "uint32", "place": "uint32", "dollars": "double"}
    good = write(folder / "good.parquet", typed(rows, **kinds), compression="none")
    take(folder, "L", "--parquet", good)
    before = fingerprint(folder / "L")
    later = {**rows, "height": [height + 5_000 for height in rows["height"]]}
    data = good.read_bytes()
    bad = {}

    def spoiled(name, content, *parts):
        (folder / name).write_bytes(content)
        bad[name] = parts

    spoiled("csv.parquet", b"when,height\n1,2\n", "no Parquet file", "PAR1")
    spoiled("empty.parquet", b"", "no Parquet file")
    spoiled("cut.parquet", data[:len(data) // 2], "cut short")
    spoiled("short.parquet", b"PAR1PAR1", "cut short")
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    spoiled("footer.parquet", data[:footer] + b"\xff" * 40 + data[footer + 40:],
            "cannot be read as Parquet")
    spoiled("pages.parquet", data[:4] + bytes(len(data) // 2) + data[len(data) // 2 + 4:],
            "cannot be read as Parquet")

    def told(name, columns, *parts):
        write(folder / name, columns)
        bad[name] = parts

    def changed(name, value):
        return {**later, name: [*later[name][:2_500], value, *later[name][2_501:]]}

    told("column.parquet", typed({name: rows[name] for name in rows if name != "amount"}, **kinds),
         "has no column amount", "it has when, height")
    told("null.parquet", typed(changed("amount", None), **kinds), "row 2501", "no amount")
    told("nulltime.parquet", typed(changed("when", None), **kinds), "row 2501", "is no time")
    told("negative.parquet", typed(changed("amount", "-5"), **kinds), "row 2501", "below zero")
    told("large.parquet", typed(changed("amount", "9" * 300), **kinds), "row 2501", "2^256")
    told("float.parquet", typed({**later, "amount": [1.5] * 4_000}, amount="double", **kinds),
         "row 1:", "no whole number")
    # DuckDB gives such decimals as floating point numbers, of which most are not even near.
    few = {**later, "amount": [str(10 ** 38 + i) for i in range(4_000)]}
    told("wide.parquet", typed(few, amount="wide_decimal", **kinds),
         "column amount holds DECIMAL(39,0)", "write it as text")
    told("nested.parquet", typed({**later, "id": [["x"]] * 4_000}, id="texts", **kinds),
         "column id holds VARCHAR[]")
    told("st*r.parquet", typed(later, **kinds), "pattern", "rename")
    for name, parts in bad.items():
        outcome = take(folder, "L", "--parquet", folder / name, code=BAD_INPUT)
        sentence(outcome, name, *parts)
        same_bytes(folder / "L", before, f"the ledger after {name}")
    sentence(take(folder, "L", "--parquet", folder / "none.parquet", code=BAD_INPUT), "cannot open")
    sentence(take(folder, "L", "--parquet", good, "--csv", good, code=USAGE), "--csv FILE or")


def without_duckdb_it_says_what_to_install(folder):
    good = write(folder / "good.parquet", typed({"when": [1]}, when="uint32"))
    (folder / "list.map").write_text(MAP)
    for library, parts in [(str(folder / "libduckdb.so"), ["cannot be opened", "npm package"]),
                           ("libm.so.6", ["has no duckdb_", "TRACEHOUND_DUCKDB"])]:
        outcome = run("ingest", "transfers", "--map", folder / "list.map", "--parquet", good,
                      "--ledger", folder / "L", code=MACHINE,
                      env=environment(TRACEHOUND_DUCKDB=library))
        sentence(outcome, *parts)
        check(not (folder / "L").exists(), "a ledger was begun")


# ---- Ethereum's tables --------------------------------------------------------------------------


def word(number, digits=64):
    return f"0x{number:0{digits}x}"


def chain_tables():
    """Blocks, transactions with receipts, logs and traces, column by column, as ethereum-etl has
    them."""
    ann, bob, pool, coin, miner = (word(0xA000 + i, 40) for i in range(5))
    blocks, txs, logs, traces = [], [], [], []
    for number in range(100, 130):
        blocks.append({"number": number, "hash": word(number << 8), "parent_hash": word(
            (number - 1) << 8), "timestamp": 1_700_000_000 + 12 * number, "miner": miner,
            "base_fee_per_gas": 7})
        for index in range(3):
            tx = word(number << 16 | index)
            value = (10 ** 20 + number * 10 ** 15) * (index % 2)
            txs.append({"hash": tx, "block_number": number, "transaction_index": index,
                        "from_address": ann, "to_address": None if index == 2 else pool,
                        "value": value, "gas_price": 9 + index, "receipt_gas_used": 21_000 + index,
                        "receipt_status": int(number % 7 != 0), "created": pool if index == 2
                        else None})
            logs.append({"transaction_hash": tx, "block_number": number, "log_index": index,
                         "address": coin, "data": word(1 << (number + index)),
                         "topics": ["0x" + TRANSFER, word(int(bob, 16)), word(int(ann, 16))]})
            for place, failed in [("", False), ("0", False), ("0,1", False), ("1", number % 5 == 0),
                                  ("1,0", False)]:
                traces.append({"transaction_hash": tx, "block_number": number, "place": place,
                               "from_address": pool, "to_address": bob, "value": 5 + index,
                               "error": "Reverted" if failed else None})
    return blocks, txs, logs, traces


def columns_of(records, *names):
    return {name: [record[name] for record in records] for name in names}


def texts(values):
    return [None if value is None else str(value) for value in values]


def etl_columns():
    blocks, txs, logs, traces = chain_tables()
    tables = {
        "blocks": columns_of(blocks, *blocks[0]),
        "transactions": columns_of(txs, *[name for name in txs[0] if name != "created"]),
        "logs": columns_of(logs, *[name for name in logs[0] if name != "topics"]),
        "traces": columns_of(traces, "transaction_hash", "block_number", "from_address",
                             "to_address", "value", "error"),
    }
    tables["transactions"]["receipt_contract_address"] = [tx["created"] for tx in txs]
    tables["logs"]["topics"] = [log["topics"] for log in logs]
    tables["traces"].update(trace_type=["call"] * len(traces), call_type=["call"] * len(traces),
                            trace_address=[trace["place"] for trace in traces])
    return tables


def cryo_columns():
    blocks, txs, logs, traces = chain_tables()
    of = lambda records, **names: {theirs: [record[ours] for record in records]
                                   for theirs, ours in names.items()}
    tables = {
        "blocks": of(blocks, block_hash="hash", author="miner", block_number="number",
                     timestamp="timestamp", base_fee_per_gas="base_fee_per_gas"),
        "transactions": of(txs, block_number="block_number", transaction_index="transaction_index",
                           transaction_hash="hash", from_address="from_address",
                           to_address="to_address", gas_used="receipt_gas_used",
                           gas_price="gas_price"),
        "logs": of(logs, block_number="block_number", log_index="log_index",
                   transaction_hash="transaction_hash", address="address", data="data"),
    }
    tables["transactions"].update(
        value_binary=[word(tx["value"]) for tx in txs], value_string=[str(tx["value"]) for tx in
                                                                      txs],
        value_f64=[float(tx["value"]) for tx in txs], success=[tx["receipt_status"] == 1 for tx in
                                                               txs],
        contract_address=[tx["created"] for tx in txs])
    for i in range(4):
        tables["logs"][f"topic{i}"] = [(log["topics"] + [None])[i] for log in logs]
    undone = {(trace["transaction_hash"], trace["place"]) for trace in traces if trace["error"]}
    kept = [trace for trace in traces if (trace["transaction_hash"], trace["place"][:1]) not in
            undone]
    tables["traces"] = of(kept, transaction_hash="transaction_hash", block_number="block_number",
                          action_from="from_address", action_to="to_address")
    tables["traces"].update(
        action_value=[str(trace["value"]) for trace in kept], action_type=["call"] * len(kept),
        action_call_type=["call"] * len(kept), error=[None] * len(kept),
        trace_address=[trace["place"].replace(",", "_") for trace in kept])
    return tables


def write_tables(folder, name, tables, types, pattern="{}.parquet"):
    (folder / name).mkdir()
    for table, columns in tables.items():
        numbers = {column: "int64" for column in columns if column in
                   ("number", "block_number", "timestamp", "transaction_index", "log_index",
                    "gas_used", "gas_price", "receipt_gas_used", "receipt_status",
                    "base_fee_per_gas")}
        write(folder / name / pattern.format(table), typed(columns, **{**numbers, **types}))
    return folder / name


def etl(folder, ledger, files, **options):
    return run("ingest", "ethereum", "--etl", files, "--ledger", folder / ledger, env=ENV,
               **options)


def tables_of_other_tools_are_the_same_chain(folder):
    tables = etl_columns()
    (folder / "csv").mkdir()
    for table, columns in tables.items():
        rows = {**columns}
        if table == "logs":
            rows["topics"] = [json.dumps(topics) for topics in columns["topics"]]
        write_csv(folder / "csv" / f"{table}.csv", list(rows.items()))
    out = etl(folder, "L", folder / "csv")
    check("30 blocks added of ethereum:1" in out.out.decode(), out.out)
    equal(out.err, "", "warnings")
    wanted = fingerprint(folder / "L")
    tables["transactions"]["value"] = texts(tables["transactions"]["value"])
    tables["traces"]["value"] = texts(tables["traces"]["value"])
    moments = {"timestamp": "time_us", "topics": "texts", "value": "text"}
    etl(folder, "etl", write_tables(folder, "t1", tables, moments))
    same_bytes(folder / "etl", wanted, "ethereum-etl's tables as Parquet")
    binary = {name: "bytes" for name in ("hash", "parent_hash", "transaction_hash", "from_address",
                                         "to_address", "address", "data", "miner")}
    etl(folder, "bytes", write_tables(folder, "t2", tables, {**binary, "topics": "byte_lists"}))
    same_bytes(folder / "bytes", wanted, "the same, hashes as bytes")
    binary |= {name: "bytes" for name in
               ("block_hash", "author", "value_binary", "topic0", "topic1", "topic2", "topic3",
                "action_from", "action_to", "contract_address")}
    cryo = {**binary, "value_f64": "double", "success": "bool", "block_number": "uint32",
            "timestamp": "uint32"}
    etl(folder, "cryo", write_tables(folder, "t3", cryo_columns(), cryo,
                                     "ethereum__{}__00000100_to_00000129.parquet"))
    same_bytes(folder / "cryo", wanted, "cryo's tables")


def tables_that_are_wrong_are_refused(folder):
    tables = etl_columns()
    tables["transactions"]["value"] = [float(value) for value in tables["transactions"]["value"]]
    tables["traces"]["value"] = [float(value) for value in tables["traces"]["value"]]
    files = write_tables(folder, "t", tables, {"topics": "texts", "value": "double"})
    outcome = etl(folder, "L", files, code=BAD_INPUT)
    sentence(outcome, "transactions.parquet, row 2: value is no number")
    check(not (folder / "L/manifest").exists(), "a ledger was begun")
    blocks = tables["blocks"]
    write(files / "blocks.parquet", typed({**blocks, "hash": [None] * 30}, number="int64",
                                          timestamp="int64", base_fee_per_gas="int64"))
    sentence(etl(folder, "L", files, code=BAD_INPUT), "blocks.parquet, row 1: hash is none")
    data = (files / "logs.parquet").read_bytes()
    write(files / "blocks.parquet", [["number", "withdrawals", [None]]])
    sentence(etl(folder, "L", files, code=BAD_INPUT), "row 1: number is no number")
    (files / "blocks.parquet").write_bytes(data[:500])
    sentence(etl(folder, "L", files, code=BAD_INPUT), "blocks.parquet", "cut short")


if __name__ == "__main__":
    main([a_list_is_the_same_as_from_csv, rows_out_of_order_are_sorted,
          what_is_wrong_is_said_and_changes_nothing, without_duckdb_it_says_what_to_install,
          tables_of_other_tools_are_the_same_chain, tables_that_are_wrong_are_refused])
