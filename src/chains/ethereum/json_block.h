// A node's JSON, read with suspicion: every field is there, of its kind and in range, or a clause
// says which is not.
#pragma once

#include <simdjson.h>

#include <expected>
#include <string>

#include "chains/ethereum/block.h"

namespace tracehound::chains::ethereum {

// Thrown away where the reader gives up; a clause that follows "the node's answer about block N".
template <typename T>
using Read = std::expected<T, std::string>;

// eth_getBlockByNumber with whole transactions. Receipts' fields are left empty.
Read<Block> read_block(simdjson::dom::element json);
// Receipts of the block's transactions: a list of them, in any order.
Read<void> read_receipts(simdjson::dom::element json, Block& block);
// trace_block: the internal transfers, and the rewards that old chains pay.
Read<void> read_traces(simdjson::dom::element json, Block& block);
// debug_traceBlockByNumber with the callTracer.
Read<void> read_call_frames(simdjson::dom::element json, Block& block);

}  // namespace tracehound::chains::ethereum
