"""Writes Parquet files with pyarrow; run by the Python of tests/e2e/python/venv.

    write_parquet.py < TABLE.json

A table is {"path": ..., "rows_per_group": ..., "compression": ..., "columns": [[name, type,
values], ...]}. Bytes are given in hexadecimal digits; null is a null.
"""

import datetime
import decimal
import json
import sys

import pyarrow
import pyarrow.parquet


def unhex(value):
    return None if value is None else bytes.fromhex(value.removeprefix("0x"))


def moment(zone):
    def at(value):
        return None if value is None else datetime.datetime.fromtimestamp(value, zone)
    return at


def same(value):
    return value


UTC = datetime.timezone.utc
TYPES = {
    "text": (pyarrow.string(), same),
    "bytes": (pyarrow.binary(), unhex),
    "bytes20": (pyarrow.binary(20), unhex),
    "bytes32": (pyarrow.binary(32), unhex),
    "bool": (pyarrow.bool_(), same),
    "uint32": (pyarrow.uint32(), same),
    "int64": (pyarrow.int64(), same),
    "uint64": (pyarrow.uint64(), same),
    "double": (pyarrow.float64(), same),
    "decimal": (pyarrow.decimal128(38, 2),
                lambda value: None if value is None else decimal.Decimal(value)),
    "wide_decimal": (pyarrow.decimal256(39, 0),
                     lambda value: None if value is None else decimal.Decimal(value)),
    "time_us": (pyarrow.timestamp("us"),
                lambda value: moment(UTC)(value).replace(tzinfo=None)),
    "time_ns": (pyarrow.timestamp("ns"),
                lambda value: moment(UTC)(value).replace(tzinfo=None)),
    "time_ms_utc": (pyarrow.timestamp("ms", tz="UTC"), moment(UTC)),
    "texts": (pyarrow.list_(pyarrow.string()), same),
    "byte_lists": (pyarrow.list_(pyarrow.binary()),
                   lambda value: None if value is None else [unhex(each) for each in value]),
    "dictionary": (pyarrow.dictionary(pyarrow.int32(), pyarrow.string()), same),
    "withdrawals": (pyarrow.list_(pyarrow.struct(
        [("index", pyarrow.int64()), ("address", pyarrow.string()),
         ("amount", pyarrow.uint64())])), same),
}


def main():
    table = json.load(sys.stdin)
    arrays, names = [], []
    for name, kind, values in table["columns"]:
        arrow, convert = TYPES[kind]
        names.append(name)
        arrays.append(pyarrow.array([convert(value) for value in values], type=arrow))
    pyarrow.parquet.write_table(pyarrow.table(arrays, names=names), table["path"],
                                row_group_size=table.get("rows_per_group"),
                                compression=table.get("compression", "snappy"))


main()
