#include "trace/accounts/seeding.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tracehound::trace::accounts {

namespace {

// Stands in a line for units that a stop took.
constexpr Label kStopped{std::numeric_limits<std::uint32_t>::max()};

// The end of [first, end) moved by start, at most `value`.
U256 moved(const U256& start, const U256& by, const U256& value) {
  U256 sum;
  return add_overflow(start, by, sum) ? value : std::min(sum, value);
}

}  // namespace

void lay_seeds(std::span<const LaidSeed> seeds, const Units& stopped, bool ordered, Units& units,
               const std::function<void(std::size_t, const U256&)>& count) {
  std::vector<Piece> line = line_of(stopped.clean() ? units : stopped);
  if (!stopped.clean()) {
    for (Piece& piece : line) piece.label = piece.label == kClean ? kClean : kStopped;
  }
  for (const LaidSeed& seed : seeds) {
    U256 first = moved(seed.start, seed.first, units.value);
    U256 end = moved(seed.start, seed.end, units.value);
    std::vector<Piece> laid;
    U256 got;
    U256 at;
    for (const Piece& piece : line) {
      U256 piece_end = at + piece.length;
      if (piece.label == kClean) {
        U256 a = std::clamp(first, at, piece_end);
        U256 b = std::clamp(end, at, piece_end);
        append_piece(laid, a - at, kClean);
        append_piece(laid, b - a, seed.label);
        append_piece(laid, piece_end - b, kClean);
        got += b - a;
      } else {
        append_piece(laid, piece.length, piece.label);
      }
      at = piece_end;
    }
    line = std::move(laid);
    if (!got.is_zero()) {
      add_label(units.labels, seed.label, 0, got);
      place_of(units.labels, seed.label)->hops = 0;
    }
    count(seed.number, got);
  }
  if (!ordered || units.clean()) return;
  units.line.clear();
  for (const Piece& piece : line) {
    append_piece(units.line.pieces(), piece.length, piece.label == kStopped ? kClean : piece.label);
  }
}

std::vector<SeedPlace> places_of_seeds(const Exchange& what, const TransactionRows& tx,
                                       std::span<const Seed> seeds,
                                       std::span<const std::size_t> numbers) {
  auto takes = [](const Side& side, HolderId id) {
    auto asset = std::ranges::find(side.assets, id.asset, &SideAsset::asset);
    return asset != side.assets.end() &&
           std::ranges::find(asset->takers, id.account, &NetFlow::account) != asset->takers.end();
  };
  std::vector<SeedPlace> places;
  for (std::size_t number : numbers) {
    const Seed& seed = seeds[number];
    std::size_t place = seed.transfer.number() - tx.first.number();
    const Movement& move = tx.rows[place];
    HolderId taker{move.to, move.asset};
    bool received = seed.side == SeedSide::received ||
                    (seed.side == SeedSide::transfer &&
                     (takes(what.others, taker) || takes(what.pools, taker)));
    HolderId at = received ? taker : HolderId{move.from, move.asset};
    U256 start;
    for (std::size_t i = 0; i < place; ++i) {
      const Movement& row = tx.rows[i];
      if (row.asset != at.asset || row.from == row.to) continue;
      if ((received ? row.to : row.from) == at.account) start += row.amount;
    }
    places.push_back({at, !received, {number, start, seed.first, seed.end, seed.label}});
  }
  return places;
}

std::vector<LaidSeed> seeds_at(std::span<const SeedPlace> places, HolderId id, bool sent) {
  std::vector<LaidSeed> found;
  for (const SeedPlace& place : places) {
    if (place.at == id && place.sent == sent) found.push_back(place.seed);
  }
  return found;
}

}  // namespace tracehound::trace::accounts
