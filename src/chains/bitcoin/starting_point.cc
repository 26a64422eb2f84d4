#include "chains/bitcoin/starting_point.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace tracehound::chains::bitcoin {

namespace {

// Gives a block's rows what its spends have shown.
class WrapperRows {
 public:
  WrapperRows(const ledger::Ledger& ledger, ledger::BlockRows& rows)
      : ledger_(ledger), rows_(rows) {}

  // Of one of its transactions, whose inputs are the rows from `first_input` on.
  void add(TxId tx, std::uint32_t number, std::uint32_t first_input) {
    ledger::WrapperRow row;
    row.transaction = number;
    known_.clear();
    for (std::uint64_t at = ledger_.first_wrapper_from(tx); at < ledger_.counts().wrappers; ++at) {
      ledger::Wrapper wrapper = ledger_.wrapper(at);
      if (wrapper.transaction != tx) break;
      row.inside = ledger::WrapperRow::kNone;
      if (auto input = spender_of(tx, wrapper.address)) {
        row.input = first_input + *input;
      } else {
        row.inside = row_around(tx, wrapper.address, row, first_input);
        row.input = rows_.wrappers[row.inside].input;
        rows_.wrappers[row.inside].wraps_a_wrapper = true;
      }
      add_row(wrapper, row);
    }
  }

 private:
  std::optional<std::uint32_t> spender_of(TxId tx, AddressId address) const {
    for (std::uint32_t i = 0; i < ledger_.input_count(tx); ++i) {
      if (ledger_.address(ledger_.input(tx, i)) == address) return i;
    }
    return std::nullopt;
  }

  // The row that wraps it: of this transaction, or one that an earlier transaction showed and this
  // one shows again.
  std::uint32_t row_around(TxId tx, AddressId address, ledger::WrapperRow row,
                           std::uint32_t first_input) {
    auto known = std::ranges::find(known_, address, &std::pair<AddressId, std::uint32_t>::first);
    if (known != known_.end()) return known->second;
    for (const ledger::Wrapper& around : ledger_.wrappers_of(address)) {
      auto input = spender_of(tx, around.address);
      if (!input) continue;
      row.input = first_input + *input;
      return add_row(around, row);
    }
    CHECK_LEDGER(false);
    return 0;
  }

  std::uint32_t add_row(const ledger::Wrapper& wrapper, ledger::WrapperRow row) {
    auto put = [&](AddressId address, auto& kind, auto& size, auto& start) {
      ByteView payload = ledger_.address_payload(address);
      kind = ledger_.address_kind(address);
      size = static_cast<std::uint8_t>(payload.size());
      start = static_cast<std::uint32_t>(rows_.payloads.size());
      rows_.payloads.insert(rows_.payloads.end(), payload.begin(), payload.end());
    };
    put(wrapper.address, row.wrapper_kind, row.wrapper_size, row.wrapper_start);
    put(wrapper.wraps, row.address_kind, row.payload_size, row.payload_start);
    auto number = static_cast<std::uint32_t>(rows_.wrappers.size());
    rows_.wrappers.push_back(row);
    known_.emplace_back(wrapper.wraps, number);
    return number;
  }

  const ledger::Ledger& ledger_;
  ledger::BlockRows& rows_;
  std::vector<std::pair<AddressId, std::uint32_t>> known_;  // of this transaction: wrapped, by row
};

}  // namespace

ledger::BlockRows rows_of_block(const ledger::Ledger& ledger, BlockHeight height) {
  ledger::BlockRows rows;
  std::ranges::copy(ledger.header(height), rows.header.begin());
  rows.hash = ledger.block_hash(height);
  WrapperRows wrappers(ledger, rows);
  for (TxId tx : ledger.transactions(height)) {
    auto inputs = static_cast<std::uint32_t>(ledger.input_count(tx));
    auto first_input = static_cast<std::uint32_t>(rows.inputs.size());
    wrappers.add(tx, static_cast<std::uint32_t>(rows.transactions.size()), first_input);
    auto outputs = ledger.outputs(tx);
    rows.transactions.push_back(
        {ledger.txid(tx), ledger.shape(tx), inputs, static_cast<std::uint32_t>(outputs.size())});
    for (std::uint32_t i = 0; i < inputs; ++i) {
      rows.inputs.push_back(ledger.outpoint(ledger.input(tx, i)));
    }
    for (CoinId coin : outputs) {
      AddressId address = ledger.address(coin);
      ByteView payload = ledger.address_payload(address);
      rows.outputs.push_back({ledger.value(coin), ledger.script(coin), ledger.address_kind(address),
                              static_cast<std::uint8_t>(payload.size()),
                              static_cast<std::uint32_t>(rows.payloads.size())});
      rows.payloads.insert(rows.payloads.end(), payload.begin(), payload.end());
    }
  }
  return rows;
}

Status StartingPoint::before_rewind(std::uint64_t blocks) {
  if (blocks >= kept_) return {};
  TRY_ASSIGN(auto ledger, ledger::Ledger::open(files_, folder_));
  while (kept_ > blocks) {
    --kept_;
    left_.push_back(rows_of_block(ledger, BlockHeight(static_cast<std::uint32_t>(kept_))));
  }
  return {};
}

Status StartingPoint::restore(ledger::Writer& writer) const {
  TRY(writer.rewind(kept_));
  for (auto rows = left_.rbegin(); rows != left_.rend(); ++rows) TRY(writer.append(*rows));
  return left_.empty() ? Status{} : writer.commit();
}

}  // namespace tracehound::chains::bitcoin
