// A block of the Ethereum family as its readers (a node's JSON, ETL files) hand it on: what moved
// units in it, names as lower-case text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/u256.h"

namespace tracehound::chains::ethereum {

struct Log {
  std::uint32_t index = 0;  // in its block
  std::string address;      // of the contract that wrote it
  std::vector<U256> topics;
  Bytes data;
};

// Native units that a contract's call moved; those of calls that were undone are not here.
struct InternalTransfer {
  std::uint32_t position = 0;  // of the call, among all of its transaction
  std::string from;
  std::string to;
  U256 value;
};

struct Tx {
  std::string hash;
  std::uint32_t index = 0;  // in its block
  std::string from;
  std::string to;  // the new contract, where the transaction makes one
  U256 value;
  U256 gas_used;
  U256 gas_price;  // what was paid for each
  U256 more_fees;  // for blobs, and what second layers pay to their first
  bool failed = false;
  std::vector<InternalTransfer> internals;
  std::vector<Log> logs;
};

// To a validator's account, in units of 10^-9 native.
struct Withdrawal {
  std::string address;
  std::uint64_t gwei = 0;
};

struct Block {
  std::uint64_t number = 0;
  Hash256 hash;
  Hash256 parent;
  std::uint32_t time = 0;
  std::string miner;
  std::optional<U256> base_fee;  // burnt, for each gas; none before EIP-1559
  U256 reward;                   // what the chain made for the miner, fees not counted
  std::vector<Tx> transactions;
  std::vector<Withdrawal> withdrawals;
};

}  // namespace tracehound::chains::ethereum
