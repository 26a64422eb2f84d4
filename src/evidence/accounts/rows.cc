#include "evidence/accounts/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "evidence/json_reader.h"
#include "ledger/accounts/writer.h"

namespace tracehound::evidence::accounts {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::Block;
using ledger::accounts::BlockRows;
using ledger::accounts::kTransferKinds;
using ledger::accounts::NameRef;
using ledger::accounts::TransferKind;
using ledger::accounts::TransferRow;
using ledger::accounts::TxRow;

constexpr std::size_t kTableBytes = std::size_t{256} << 20;
const std::string kFolder = "memory";

void write_name(JsonWriter& json, std::string_view key, const BlockRows& block,
                const NameRef& name) {
  json.key(key);
  name.size == 0 ? json.null() : json.value(block.text(name));
}

std::string write_line(const BlockRows& block, const TxRow& tx,
                       std::span<const TransferRow> transfers) {
  JsonWriter json(0);
  json.open_object().key("block").value(block.block.number).key("time").value(block.block.time);
  json.key("hash");
  block.block.hash ? json.value(hash_text(*block.block.hash)) : json.null();
  json.key("transaction").value(block.text(tx.id));
  write_name(json, "payer", block, tx.payer);
  json.key("fee").value(tx.fee.text()).key("failed").value(tx.failed);
  json.key("transfers").open_list();
  for (const TransferRow& row : transfers) {
    json.open_object().key("position").value(row.position);
    write_name(json, "from", block, row.from);
    write_name(json, "to", block, row.to);
    json.key("asset").value(row.asset).key("amount").value(row.amount.text());
    json.key("kind").value(ledger::accounts::kind_text(row.kind)).key("usd_micro");
    row.usd_micro ? json.value(*row.usd_micro) : json.null();
    json.close_object();
  }
  json.close_list().close_object();
  return json.take();
}

class RowsParser {
 public:
  explicit RowsParser(std::size_t assets) : assets_(assets) {}

  Result<Blocks> run(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
      Status read = read_line(text.substr(0, end));
      if (!read) return bad_input(fmt::format("line {}: {}", number, read.error().message));
      text.remove_prefix(end);
    }
    return std::move(blocks_);
  }

 private:
  Status read_line(std::string_view line) {
    dom::element root;
    if (parser_.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS) {
      return bad_input("is no JSON");
    }
    JsonReader reader;
    TRY(read_block(reader, root));
    BlockRows& block = blocks_.back();
    std::size_t before = block.transfers.size();
    read_transaction(reader, root);
    if (!reader.ok()) return reader.error();
    std::span<const TransferRow> own(block.transfers);
    if (write_line(block, block.transactions.back(), own.subspan(before)) != line) {
      return bad_input("is not in the form that such lines have");
    }
    return {};
  }

  Status read_block(JsonReader& reader, dom::element root) {
    Block block;
    if (root["block"].get_uint64().get(block.number) != simdjson::SUCCESS) {
      reader.fail("block", "is missing or no number");
    }
    block.time = reader.number(root, "time");
    if (std::string hash = reader.text_or_null(root, "hash"); !hash.empty()) {
      block.hash = hash_from(hash);
      if (!block.hash) reader.fail("hash", "is no block's hash");
    }
    if (!reader.ok()) return reader.error();
    if (!blocks_.empty() && blocks_.back().block.number == block.number) {
      const Block& same = blocks_.back().block;
      if (same.time == block.time && same.hash == block.hash) return {};
      return bad_input("has another time or hash than the line before it, of the same block");
    }
    if (!blocks_.empty() && blocks_.back().block.number > block.number) {
      return bad_input("is of an earlier block than the line before it");
    }
    blocks_.emplace_back().block = block;
    return {};
  }

  NameRef name(JsonReader& reader, dom::element from, std::string_view key) {
    std::string text = reader.text_or_null(from, key);
    if (text.size() > ledger::accounts::kMostNameBytes) {
      reader.fail(key, "is longer than a name can be");
      return {};
    }
    return text.empty() ? NameRef() : blocks_.back().add_name(text);
  }

  void read_transaction(JsonReader& reader, dom::element root) {
    BlockRows& block = blocks_.back();
    TxRow tx;
    tx.id = name(reader, root, "transaction");
    if (tx.id.size == 0) reader.fail("transaction", "is empty");
    tx.payer = name(reader, root, "payer");
    tx.fee = reader.wide_amount(root, "fee");
    tx.failed = reader.truth(root, "failed");
    reader.each(root, "transfers", [&](dom::element one) {
      block.transfers.push_back(read_transfer(reader, one));
      ++tx.transfers;
    });
    block.transactions.push_back(tx);
  }

  TransferRow read_transfer(JsonReader& reader, dom::element from) {
    TransferRow row;
    row.position = reader.number(from, "position");
    row.from = name(reader, from, "from");
    row.to = name(reader, from, "to");
    row.asset = reader.number(from, "asset");
    if (row.asset >= assets_) reader.fail("asset", "is none of bundle.json's");
    row.amount = reader.wide_amount(from, "amount");
    std::string kind = reader.text(from, "kind");
    bool known = false;
    for (std::uint8_t one = 0; one < kTransferKinds; ++one) {
      if (ledger::accounts::kind_text(TransferKind{one}) != kind) continue;
      row.kind = TransferKind{one};
      known = true;
    }
    if (!known) reader.fail("kind", "is no kind of transfer");
    dom::element usd;
    std::uint64_t micro = 0;
    if (from["usd_micro"].get(usd) == simdjson::SUCCESS && usd.is_null()) return row;
    if (from["usd_micro"].get_uint64().get(micro) != simdjson::SUCCESS) {
      reader.fail("usd_micro", "is missing or no number");
      return row;
    }
    row.usd_micro = micro;
    return row;
  }

  std::size_t assets_;
  dom::parser parser_;
  Blocks blocks_;
};

// Gives the block assets of its own, as a writer takes it: those that it moves; all, in their
// order, for the first block.
void name_assets(BlockRows& block, const Statement& statement, bool first) {
  if (first) {
    for (const StatedAsset& stated : statement.assets) block.assets.push_back(stated.asset);
    return;
  }
  std::map<std::uint32_t, std::uint32_t> places;
  for (TransferRow& row : block.transfers) {
    auto [place, fresh] = places.emplace(row.asset, block.assets.size());
    if (fresh) block.assets.push_back(statement.assets[row.asset].asset);
    row.asset = place->second;
  }
}

Status check_tip(const Block& tip, Blocks& blocks) {
  if (blocks.empty()) return bad_input("has no transaction");
  const Block& last = blocks.back().block;
  if (last.number < tip.number) {
    blocks.emplace_back().block = tip;
    return {};
  }
  if (last.number == tip.number && last.time == tip.time && last.hash == tip.hash) return {};
  return bad_input("does not end at the stated tip");
}

}  // namespace

Blocks rows_of(const ledger::accounts::Ledger& ledger, std::span<const TxId> transactions,
               std::span<const std::uint32_t> asset_number) {
  Blocks blocks;
  auto name = [&](std::string_view text) {
    return text.empty() ? NameRef() : blocks.back().add_name(text);
  };
  for (TxId tx : transactions) {
    Block block = ledger.block(ledger.block_of(tx));
    if (blocks.empty() || blocks.back().block.number != block.number) {
      blocks.emplace_back().block = block;
    }
    auto row = ledger.transaction(tx);
    TxRow made{name(row.id), name(ledger.account_text(row.payer)), row.fee, row.failed, 0};
    for (auto id : ledger.transfers(tx)) {
      auto transfer = ledger.transfer(id);
      blocks.back().transfers.push_back({name(ledger.account_text(transfer.from)),
                                         name(ledger.account_text(transfer.to)),
                                         asset_number[transfer.asset.number()], transfer.position,
                                         transfer.kind, transfer.amount, transfer.usd_micro});
      ++made.transfers;
    }
    blocks.back().transactions.push_back(made);
  }
  return blocks;
}

std::string write_rows(const Blocks& blocks) {
  std::string text;
  for (const BlockRows& block : blocks) {
    std::span<const TransferRow> transfers(block.transfers);
    for (const TxRow& tx : block.transactions) {
      text += write_line(block, tx, transfers.first(tx.transfers));
      transfers = transfers.subspan(tx.transfers);
    }
  }
  return text;
}

Result<Blocks> parse_rows(std::string_view text, std::size_t assets) {
  return RowsParser(assets).run(text);
}

Result<PartLedger> assemble(const Statement& statement, Blocks blocks) {
  TRY(check_tip(statement.tip, blocks));
  for (const StatedAsset& stated : statement.assets) {
    if (std::max(stated.asset.symbol.size(), stated.asset.contract.size()) >
        ledger::accounts::kMostNameBytes) {
      return bad_input("names an asset that is longer than a name can be");
    }
  }
  if (statement.native && statement.assets.empty()) return bad_input("has no native asset");
  if (printable(statement.chain) != statement.chain) return bad_input("has no chain's name");
  auto files = std::make_unique<MemoryFiles>();
  std::uint64_t transactions = 0;
  std::uint64_t transfers = 0;
  ledger::accounts::WriterOptions options{.table_bytes = kTableBytes, .native = {}};
  if (statement.native) options.native = statement.assets.front().asset;
  TRY_ASSIGN(auto writer,
             ledger::accounts::Writer::open(*files, kFolder, statement.chain, options));
  for (BlockRows& block : blocks) {
    transactions += block.transactions.size();
    transfers += block.transfers.size();
    name_assets(block, statement, &block == blocks.data());
    TRY(writer.append(block));
  }
  if (writer.counts().assets != statement.assets.size()) {
    return bad_input("names an asset twice");
  }
  TRY(writer.commit());
  TRY_ASSIGN(auto ledger, ledger::accounts::Ledger::open(*files, kFolder));
  return PartLedger{std::move(files), std::move(ledger), transactions, transfers};
}

}  // namespace tracehound::evidence::accounts
