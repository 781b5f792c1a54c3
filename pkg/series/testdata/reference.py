"""Writes the Parquet and Arrow files of the tests, and what they hold into values.json.

python3 reference.py, with pyarrow 26.0.1, polars 2.1.0 and duckdb 2.0.0
"""
import json
import math
import pathlib
import struct

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
n = 150
x = [math.sin(0.3 * i) * (1 + i % 7) for i in range(n)]
gappy = [None if i % 11 == 3 else math.nan if i % 50 == 20 else v for i, v in enumerate(x)]
whole = [(37 * i) % 101 - 50 for i in range(n)]
lists = [[v + k for v in x[:64 + 3 * k]] for k in range(5)]
holes = [lists[0], None, [], [None, 1.0, None, 2.0], lists[1]]
h = [0.1, 0.3, 0.5, 0.7, 0.9]
known = {"series": [], "files": {}}


def hold(name, values, labels=None):
    """Notes what a file holds; a gap is null, which also stands for NaN."""
    places = []
    for v in values:
        v = [None if p is None or math.isnan(p) else p for p in v or []]
        if v not in known["series"]:
            known["series"].append(v)
        places.append(known["series"].index(v))
    known["files"][name] = {"series": places, "labels": labels or []}


def single(values, kind=pa.float64()):
    return pa.table({"day": pa.array(range(n), pa.timestamp("s")), "flow": pa.array(values, kind),
                     "place": pa.array(["Roda", "Aswan"] * (n // 2))})


def parquet(name, table, values, labels=None, **options):
    pq.write_table(table, here / name, **options)
    hold(name, values, labels)


def arrow(name, table, values, labels=None, stream=False, batch=None, **options):
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(here / name, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as w:
        w.write_table(table, max_chunksize=batch)
    hold(name, values, labels)


single_precision = [struct.unpack("f", struct.pack("f", v))[0] for v in x]
halves = [i / 8 - 10 for i in range(n)]
parquet("plain.parquet", single(x), [x], compression="none", use_dictionary=False)
parquet("gaps_snappy.parquet", single(gappy), [gappy], compression="snappy")
parquet("gaps_zstd.parquet", single(gappy), [gappy], compression="zstd", row_group_size=64, data_page_version="2.0",
        write_page_index=True)
parquet("dictionary_gzip.parquet", single(whole, pa.int32()), [whole], compression="gzip", data_page_size=256)
parquet("delta_brotli.parquet", single(whole, pa.int64()), [whole], compression="brotli", use_dictionary=False,
        column_encoding={"flow": "DELTA_BINARY_PACKED", "day": "PLAIN", "place": "PLAIN"})
parquet("delta_v2.parquet", single(whole, pa.int64()), [whole], compression="zstd", use_dictionary=False,
        data_page_version="2.0", column_encoding={"flow": "DELTA_BINARY_PACKED", "day": "PLAIN", "place": "PLAIN"})
parquet("split_lz4.parquet", single(single_precision, pa.float32()), [single_precision], compression="lz4",
        use_dictionary=False, column_encoding={"flow": "BYTE_STREAM_SPLIT", "day": "PLAIN", "place": "PLAIN"})
parquet("unsigned.parquet", single([v + 2**63 for v in whole], pa.uint64()), [[float(v + 2**63) for v in whole]])
parquet("half.parquet", single(halves, pa.float16()), [halves])
parquet("lists.parquet", pa.table({"values": pa.array(lists, pa.list_(pa.float64())), "h": h}), lists, h,
        row_group_size=2)
parquet("holes.parquet", pa.table({"name": list("abcde"), "values": pa.array(holes, pa.list_(pa.float64()))}), holes,
        compression="zstd", data_page_version="2.0")
fixed = [v[:64] for v in lists]
parquet("fixed.parquet", pa.table({"values": pa.array(fixed, pa.list_(pa.float64(), 64)), "Label": h}), fixed, h)

arrow("plain.arrow", single(x), [x])
arrow("gaps.arrow", single(gappy), [gappy], batch=70, compression="zstd")
arrow("stream.arrows", single(gappy), [gappy], stream=True, batch=100)
arrow("lists.arrow", pa.table({"values": pa.array(lists, pa.large_list(pa.float64())), "h": h}), lists, h, batch=2,
      compression="lz4")
arrow("holes.arrow", pa.table({"name": pa.array(list("aabbc")).dictionary_encode(),
                               "text": pa.array(["a longer text than fits a view"] * 5, pa.string_view()),
                               "values": pa.array(holes, pa.list_(pa.float64()))}), holes)
arrow("fixed.arrow", pa.table({"values": pa.array(fixed, pa.list_(pa.float64(), 64)), "label": h}), fixed, h)
arrow("half.arrow", single(halves, pa.float16()), [halves])
feather.write_feather(single(single_precision, pa.float32()), here / "single.feather")
hold("single.feather", [single_precision])
# Others write the same formats in ways of their own: Polars Arrow files that are no streams, with views,
# and differences in Parquet; DuckDB version 2 pages.
frame = pl.DataFrame({"text": ["a longer text than fits a view"] * 5, "values": holes, "h": h})
frame.write_ipc(here / "polars.arrow", compression="zstd")
hold("polars.arrow", holes, h)
frame.write_parquet(here / "polars.parquet")
hold("polars.parquet", holes, h)
connection = duckdb.connect()
connection.execute("create table t as select unnest(?) as x", [whole])
connection.execute(f"copy t to '{here}/duckdb.parquet' (format parquet, parquet_version v2, compression zstd)")
hold("duckdb.parquet", [whole])
(here / "values.json").write_text(json.dumps(known, separators=(",", ":")).replace("],[", "],\n["))
