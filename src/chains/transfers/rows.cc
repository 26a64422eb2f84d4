#include "chains/transfers/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "chains/transfers/time_text.h"
#include "ledger/accounts/schema.h"

namespace tracehound::chains::transfers {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::kMostNameBytes;

constexpr std::size_t kMostAmountText = 400;  // digits that an error still shows are cut at 40

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size();
}

std::string shown(std::string_view text) {
  if (text.size() <= 40) return std::string(text);
  return fmt::format("{}... ({} characters)", text.substr(0, 40), text.size());
}

// Splits "1.5e-7" into "1.5" and -7.
bool take_exponent(std::string_view& text, int& exponent) {
  auto e = std::ranges::find_if(text, [](char c) { return c == 'e' || c == 'E'; });
  if (e == text.end()) return true;
  std::string_view digits(e + 1, text.end());
  text = std::string_view(text.begin(), e);
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return false;
  }
  return parse_number(digits, exponent) && exponent >= -100 && exponent <= 100;
}

// Millionths; what is smaller is cut off.
std::optional<std::uint64_t> parse_usd(std::string_view text) {
  int exponent = 0;
  if (!take_exponent(text, exponent)) return std::nullopt;
  int decimals = 6 + exponent;
  std::size_t point = text.find('.');
  if (point != std::string_view::npos && decimals >= 0) {
    text = text.substr(0, point + 1 + static_cast<std::size_t>(decimals));
  }
  if (decimals < 0)
    return U256::from_text(text, 80) ? std::optional<std::uint64_t>(0) : std::nullopt;
  auto number = U256::from_text(text, static_cast<unsigned>(decimals));
  if (!number || !number->fits_64() || number->low() == ~0ULL) return std::nullopt;
  return number->low();
}

}  // namespace

void NameArena::next_chunk() {
  if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Byte[]>(kChunk));
  filling_ = chunks_[chunk_++].get();
  used_ = 0;
}

void NameArena::clear() {
  chunk_ = 0;
  used_ = kChunk;
}

void MadeBlocks::clear() {
  blocks.clear();
  first_row = 0;
  end_row = 0;
  remarks = {};
  lines.clear();
  wrong.reset();
}

void RowBatch::clear() {
  rows.clear();
  assets.clear();
  asset_lines.clear();
  held.clear();
  kept.clear();
  names.clear();
  first_line = 0;
  lines = 0;
  ascending = true;
  made.clear();
  unfinished = false;
  wrong.clear();
}

void pack(std::string_view text, NameArena& arena, KeyedName& name) {
  if (text.empty()) return;
  Byte* packed = arena.room();
  name.kind = ledger::accounts::pack_name(text, packed);
  if (name.kind == ledger::accounts::NameKind::text) {
    name.bytes = as_bytes(text).data();
    name.size = static_cast<std::uint8_t>(text.size());
  } else {
    name.bytes = packed;
    name.size = static_cast<std::uint8_t>(ledger::accounts::packed_size(name.kind));
    arena.keep(name.size);
  }
}

Result<RowReader> RowReader::make(const TransferMap& map, std::span<const std::string_view> heading,
                                  const std::string& file) {
  RowReader reader(map);
  reader.columns_ = heading.size();
  for (std::size_t i = 0; i < kFields; ++i) {
    reader.places_[i] = -1;
    const auto& column = map.fields[i].column;
    if (!column) continue;
    auto place = std::ranges::find(heading, *column);
    if (place == heading.end()) {
      return bad_input(fmt::format("{} has no column {}, which the map wants for `{}`; it has {}",
                                   file, *column, field_name(static_cast<Field>(i)),
                                   fmt::join(heading, ", ")));
    }
    if (std::find(place + 1, heading.end(), *column) != heading.end()) {
      return bad_input(fmt::format("{} has two columns {}; rename one", file, *column));
    }
    reader.places_[i] = static_cast<std::int32_t>(place - heading.begin());
  }
  return reader;
}

std::string_view RowReader::cell(Field field, std::span<const std::string_view> cells) const {
  std::int32_t place = places_[static_cast<std::size_t>(field)];
  if (place >= 0) return cells[static_cast<std::size_t>(place)];
  const auto& constant = (*map_)[field].constant;
  return constant ? std::string_view(*constant) : std::string_view();
}

std::optional<std::string> RowReader::read(std::span<const std::string_view> cells, RowBatch& batch,
                                           ListedRow& row) {
  std::string_view time = cell(Field::time, cells);
  if (time != last_time_text_ || time.empty()) {
    auto parsed = parse_time(time);
    if (!parsed) return fmt::format("{} is no time", shown(time));
    last_time_text_ = time;
    last_time_ = *parsed;
  }
  row.time = last_time_;
  row.block = row.time;
  if (map_->has(Field::block)) {
    std::string_view block = cell(Field::block, cells);
    if (!parse_number(block, row.block)) return fmt::format("{} is no block number", shown(block));
  }
  std::string_view tx = cell(Field::tx, cells);
  if (tx.empty()) return "no transaction";
  if (map_->has(Field::position)) {
    std::string_view position = cell(Field::position, cells);
    if (!parse_number(position, row.position)) {
      return fmt::format("{} is no position, a whole number below 2^32", shown(position));
    }
  }
  std::string_view from = cell(Field::from, cells);
  std::string_view to = cell(Field::to, cells);
  row.from_label = cell(Field::from_label, cells);
  row.to_label = cell(Field::to_label, cells);
  for (std::string_view name : {tx, from, to}) {
    if (name.size() > kMostNameBytes) return fmt::format("{} is too long a name", shown(name));
  }
  if (from.empty() && to.empty()) return "neither from nor to";
  pack(tx, batch.names, row.tx);
  pack(from, batch.names, row.from);
  pack(to, batch.names, row.to);
  if (auto wrong = read_asset(cells, batch, row)) return wrong;
  const Asset& asset = batch.assets[row.asset];
  if (auto wrong = read_amount(cell(Field::amount, cells), asset, row.amount)) return wrong;
  std::string_view usd = cell(Field::usd, cells);
  if (!usd.empty()) {
    row.usd_micro = parse_usd(usd);
    if (!row.usd_micro) return fmt::format("{} is no value in dollars", shown(usd));
  }
  for (KeyedName* name : {&row.tx, &row.from, &row.to}) set_key(*name);
  return std::nullopt;
}

std::optional<std::string> RowReader::read_asset(std::span<const std::string_view> cells,
                                                 RowBatch& batch, ListedRow& row) {
  std::string_view symbol = cell(Field::asset, cells);
  std::string_view contract = cell(Field::contract, cells);
  std::string_view decimals = cell(Field::decimals, cells);
  std::array cells_now{symbol, contract, decimals};
  if (last_asset_ && cells_now == last_cells_) {
    row.asset = *last_asset_;
    return std::nullopt;
  }
  key_.assign(symbol);
  for (std::string_view part : {contract, decimals}) {
    key_.push_back('\0');
    key_.append(part);
  }
  auto known = known_.find(key_);
  if (known != known_.end()) {
    row.asset = known->second;
    last_asset_ = row.asset;
    last_cells_ = cells_now;
    return std::nullopt;
  }
  if (symbol.empty() && contract.empty()) return "no asset";
  for (std::string_view name : {symbol, contract}) {
    if (name.size() > kMostNameBytes) {
      return fmt::format("{} is too long a name for an asset", shown(name));
    }
  }
  Asset asset{ledger::accounts::name_as_written(symbol),
              ledger::accounts::name_as_written(contract)};
  asset.decimals_known = !decimals.empty();
  if (asset.decimals_known &&
      (!parse_number(decimals, asset.decimals) || asset.decimals > kU256MostDecimals)) {
    return fmt::format("{} is no number of decimals; 0 to {} are possible", shown(decimals),
                       kU256MostDecimals);
  }
  row.asset = static_cast<std::uint32_t>(batch.assets.size());
  batch.assets.push_back(std::move(asset));
  batch.asset_lines.push_back(row.line);
  known_.emplace(key_, row.asset);
  return std::nullopt;
}

std::optional<std::string> RowReader::read_amount(std::string_view text, const Asset& asset,
                                                  U256& amount) const {
  std::string_view digits = text;
  int exponent = 0;
  if (text.empty()) return "no amount";
  if (text.starts_with("0x") && map_->base_units) {
    auto number = U256::from_hex(text);
    if (!number) return fmt::format("{} is no amount below 2^256", shown(text));
    amount = *number;
    return std::nullopt;
  }
  if (text.size() > kMostAmountText || !take_exponent(digits, exponent)) {
    return fmt::format("{} is no amount", shown(text));
  }
  if (text.starts_with('-')) {
    return fmt::format("{} is below zero; an amount goes from the giver to the receiver",
                       shown(text));
  }
  if (!map_->base_units && !asset.decimals_known) {
    return fmt::format("no decimals for {}", asset.symbol.empty() ? asset.contract : asset.symbol);
  }
  int decimals = exponent + (map_->base_units ? 0 : asset.decimals);
  auto number =
      decimals < 0 ? std::nullopt : U256::from_text(digits, static_cast<unsigned>(decimals));
  if (!number) {
    bool is_number = digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                     std::ranges::count(digits, '.') <= 1 && digits != ".";
    if (!is_number) return fmt::format("{} is no amount", shown(text));
    if (map_->base_units && digits.find('.') != std::string_view::npos) {
      return fmt::format("{} is no whole number of the smallest unit", shown(text));
    }
    return fmt::format("{} does not fit: it is 2^256 units or more, or has more than {} decimals",
                       shown(text), map_->base_units ? 0 : asset.decimals);
  }
  amount = *number;
  return std::nullopt;
}

}  // namespace tracehound::chains::transfers
