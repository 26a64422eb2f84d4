// Traces in pieces: what is saved, what goes on from it, and what is refused.
#include <gtest/gtest.h>

#include <atomic>
#include <sstream>
#include <string>

#include "support/account_worlds.h"
#include "support/rounds.h"
#include "support/sample_account_trace.h"

namespace tracehound::trace::accounts {
namespace {

std::vector<MethodKind> all_methods() {
  std::vector<MethodKind> methods;
  for (std::size_t i = 0; i < kMethodKinds; ++i) methods.push_back(static_cast<MethodKind>(i));
  return methods;
}

// ---- a trace as text ----------------------------------------------------------------------------

std::ostream& operator<<(std::ostream& out, const HolderId& id) {
  return out << id.account.number() << '/' << id.asset.number();
}
std::ostream& operator<<(std::ostream& out, const U256& number) { return out << number.text(); }
std::ostream& operator<<(std::ostream& out, const Sums& sums) {
  for (const LabelSum& sum : sums.all()) out << ' ' << sum.label.number() << ':' << sum.amount;
  return out;
}

void add_landings(std::ostream& out, const Destination& destination) {
  for (const Landing& landing : destination.landings) {
    out << "  " << landing.holder << " tx " << (landing.tx ? landing.tx->number() + 1 : 0) << " of "
        << landing.balance << ' ' << landing.amount << " label " << landing.label.number()
        << " hops " << landing.hops << (landing.unknown_opening ? " unknown\n" : "\n");
  }
}

void add_parcels(std::ostream& out, const Trace& trace) {
  for (const Parcel& parcel : trace.parcels) {
    out << "parcel " << parcel.tx.number() << ' '
        << (parcel.transfer ? parcel.transfer->number() + 1 : 0) << ' ' << int(parcel.kind) << ' '
        << parcel.from << " > " << parcel.to << ' ' << parcel.paid << ' ' << parcel.amount << ' '
        << parcel.label.number() << ' ' << parcel.hop << '\n';
  }
}

// All that a trace says, in its order.
std::string whole(const Trace& trace) {
  std::ostringstream out;
  out << name_of(trace.method) << ' ' << trace.conserves << ' ' << trace.interrupted << '\n';
  for (const SeedFound& found : trace.seeds) {
    out << "seed " << found.seed.transfer.number() << ' ' << found.tx.number() << ' '
        << found.holder << ' ' << found.effective << '\n';
  }
  for (const Destination& destination : trace.destinations) {
    out << name_of(destination.kind) << ' '
        << (destination.service ? int(*destination.service) : -1) << ' '
        << destination.asset.number() << ' ' << destination.amount << destination.labels << '\n';
    add_landings(out, destination);
  }
  for (const AssetBooks& books : trace.assets) {
    out << "asset " << books.asset.number() << " claimed " << books.claimed << " effective"
        << books.effective << " in" << books.swapped_in << " out" << books.swapped_out << " total "
        << books.total << " unknown " << books.unknown_holders << '\n';
  }
  add_parcels(out, trace);
  out << trace.transactions_touched << ' ' << trace.swaps << ' ' << trace.approximate << ' '
      << trace.guessed_actor << '\n';
  return out.str();
}
std::string whole(const std::vector<Trace>& traces) {
  std::string text;
  for (const Trace& trace : traces) text += whole(trace);
  return text;
}

// ---- cut at every transaction -------------------------------------------------------------------

Resumable go_on(const Events& events, const World& world, const Options& options,
                const Bytes& state, std::span<const MethodKind> methods) {
  auto found = run_on(events, world.seeds, methods, world.stops, options, state);
  EXPECT_TRUE(found.has_value()) << world.name << ": " << found.error().message;
  if (!found) return {};
  EXPECT_EQ(found->unsaved, "");
  return std::move(*found);
}

std::string at_once(const World& world, const Options& options,
                    std::span<const MethodKind> methods) {
  auto traces = run(*world.events, world.seeds, methods, world.stops, options);
  EXPECT_TRUE(traces.has_value()) << traces.error().message;
  return traces ? whole(*traces) : "";
}

// The drivers take turns, so that no state depends on which one made it.
void cut_everywhere(const World& world, std::span<const MethodKind> methods) {
  Options options = world.options;
  std::string expected = at_once(world, options, methods);
  TxId all(static_cast<std::uint32_t>(world.events->transactions()));
  Bytes in_pieces;
  TxId first = world.events->transaction_of(std::ranges::min(world.seeds).transfer);
  for (TxId end = first.next(); end <= all; end = end.next()) {
    options.driver = end.number() % 2 == 0 ? Driver::queue : Driver::scan;
    options.end = end;
    Resumable piece = go_on(*world.events, world, options, in_pieces, methods);
    ASSERT_EQ(whole(piece.traces), at_once(world, options, methods))
        << world.name << " at " << end.number();
    in_pieces = piece.state;
    Resumable direct = go_on(*world.events, world, options, {}, methods);
    ASSERT_TRUE(direct.state == in_pieces) << world.name << " at " << end.number();
    // The ledger as it was then knew no more, and said the same.
    options.end = std::nullopt;
    ToyEvents then = world.events->before(end);
    World small{nullptr, world.stops, {}, {}, {}, {}, {}, {}, world.name};
    for (const Seed& seed : world.seeds) {
      if (seed.transfer < then.first_transfer(end)) small.seeds.push_back(seed);
    }
    ASSERT_TRUE(go_on(then, small, options, {}, methods).state == in_pieces) << world.name;
    ASSERT_EQ(whole(go_on(*world.events, world, options, in_pieces, methods).traces), expected)
        << world.name << " from " << end.number();
  }
}

TEST(account_resume, random_worlds_cut_at_every_transaction__equal_the_trace_in_one_go) {
  std::vector<MethodKind> methods = all_methods();
  int compared = 0;
  each_world(test::rounds(300), nullptr, [&](World& world) {
    world.options.parcels = compared % 2 == 0;
    world.options.swaps = compared % 5 != 0;
    cut_everywhere(world, methods);
    cut_everywhere(world, std::span(methods).subspan(compared % methods.size(), 1));
    ++compared;
    return !HasFailure();
  });
  EXPECT_GT(compared, 20);
}

// ---- what is refused ----------------------------------------------------------------------------

U256 n(std::uint64_t number) { return U256(number); }

struct Example : SampleTrace {
  Bytes save() const {
    auto saved = run();
    EXPECT_TRUE(saved.has_value()) << saved.error().message;
    return saved ? saved->state : Bytes();
  }
  // Why a state is refused; empty when it is not.
  std::string refusal(const Bytes& state) const {
    auto result = run(state);
    if (result) return {};
    EXPECT_EQ(result.error().kind, ErrorKind::bad_input) << result.error().message;
    return result.error().message;
  }
};

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(account_resume, another_question__is_refused_by_what_differs) {
  const Bytes saved = Example().save();
  EXPECT_EQ(Example().refusal(saved), "");
  auto refusal = [&saved](auto change) {
    Example other;
    change(other);
    return other.refusal(saved);
  };
  constexpr std::string_view kSeeds = "began at other seeds";
  constexpr std::string_view kStops = "has other stops";
  constexpr std::string_view kOptions = "has other cuts, prices or --swaps";
  EXPECT_TRUE(says(refusal([](Example& o) { o.seeds[0].end = n(69); }), kSeeds));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.label_names = {"loot"}; }), kSeeds));
  EXPECT_TRUE(says(refusal([](Example& o) { o.add_seed(TransferId(0)); }), kSeeds));
  EXPECT_TRUE(says(refusal([](Example& o) { o.methods.pop_back(); }), "is by other methods"));
  EXPECT_TRUE(
      says(refusal([](Example& o) { o.stops.go_through(SampleTrace::kExchange); }), kStops));
  EXPECT_TRUE(
      says(refusal([](Example& o) { o.stops = Stops(std::vector<Service>{{"it", "exchange"}}); }),
           kStops));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.cuts.max_hops = 9; }), kOptions));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.cuts.min_amount = n(1); }), kOptions));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.cuts.until = TxId(3); }), kOptions));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.swaps = false; }), kOptions));
  EXPECT_TRUE(says(refusal([](Example& o) { o.options.parcels = false; }), kOptions));
  EXPECT_TRUE(says(refusal([](Example& o) { o.events.set_prices_fingerprint(1); }), kOptions));
}

TEST(account_resume, what_played_no_part_yet__may_be_another) {
  const Bytes saved = Example().save();
  Example later;
  later.options.cuts.until = TxId(4);  // the last one
  EXPECT_EQ(later.refusal(saved), "");
  later.events.add_transaction();
  later.add_seed(
      later.events.add_row(SampleTrace::kVictim, AccountId(9), SampleTrace::kCoin, n(5)));
  EXPECT_EQ(later.refusal(saved), "");
}

TEST(account_resume, another_ledger_or_one_that_went_back__is_refused) {
  const Bytes saved = Example().save();
  Example shorter;
  shorter.events = shorter.events.before(TxId(4));
  EXPECT_TRUE(says(shorter.refusal(saved), "has come to height 4, past the height 3"));
  shorter.events.add_transaction();
  shorter.events.add_row(SampleTrace::kThief, SampleTrace::kFriend, SampleTrace::kCoin, n(201));
  EXPECT_TRUE(says(shorter.refusal(saved), "stands on a block 4 that is no longer the ledger's"));
}

TEST(account_resume, another_kind_or_version__is_refused_by_name) {
  Bytes saved = Example().save();
  constexpr std::size_t kVersionAt = 7;
  constexpr std::size_t kKindAt = 8;
  saved[kKindAt] = 0;
  EXPECT_TRUE(says(Example().refusal(with_right_checksum(saved)), "is of a coin ledger"));
  saved[kKindAt] = 2;
  EXPECT_TRUE(says(Example().refusal(with_right_checksum(saved)), "damaged"));
  saved[kVersionAt] = 200;
  EXPECT_TRUE(says(Example().refusal(with_right_checksum(saved)),
                   "is of format 200, and this program reads"));
}

TEST(account_resume, every_byte_damaged_or_missing__is_refused) {
  Example example;
  const Bytes saved = example.save();
  for (std::size_t i = 0; i < saved.size(); ++i) {
    Bytes damaged = saved;
    damaged[i] ^= 0x40;
    ASSERT_TRUE(says(example.refusal(damaged), "damaged")) << i;
    if (i == 0) continue;  // no state at all is the seeds
    Bytes shorter(saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(i));
    ASSERT_TRUE(says(example.refusal(shorter), "damaged")) << i;
    if (i < sizeof(std::uint64_t)) continue;  // no room for the checksum
    ASSERT_TRUE(says(example.refusal(with_right_checksum(shorter)), "damaged")) << i;
  }
  Bytes longer = saved;
  longer.insert(longer.end() - 8, 0);
  EXPECT_TRUE(says(example.refusal(with_right_checksum(longer)), "damaged"));
}

// Whatever stands in it, a state ends in an answer or in one sentence that says it is bad input.
TEST(account_resume, numbers_made_up_under_a_right_checksum__end_in_a_word) {
  Example example;
  example.grow();
  Example before;
  const Bytes saved = before.save();
  EXPECT_EQ(example.refusal(saved), "");
  std::uint64_t taken = 0;
  for (std::size_t at = 0; at + 16 <= saved.size(); at += test::stride()) {
    for (std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0},
                                 std::uint64_t{1} << 40, load_le<std::uint64_t>(&saved[at]) + 1}) {
      Bytes made_up = saved;
      store_le(made_up.data() + at, number);
      taken += example.refusal(with_right_checksum(std::move(made_up))).empty() ? 1 : 0;
    }
  }
  EXPECT_GT(taken, 0U) << "hops, counts and steps can be others";
  EXPECT_LT(taken, saved.size() * 3);
}

// ---- what cannot be saved -----------------------------------------------------------------------

TEST(account_resume, a_token_that_lies_within_a_swap__says_that_it_cannot_be_saved) {
  Example example;
  example.events.add_transaction();
  example.events.add_row(SampleTrace::kFriend, SampleTrace::kThief, SampleTrace::kGold,
                         kU256Max - n(100));
  example.events.add_transaction(SampleTrace::kThief);
  example.events.add_row(SampleTrace::kThief, SampleTrace::kPool, SampleTrace::kCoin, n(1));
  example.events.add_row(SampleTrace::kPool, SampleTrace::kThief, SampleTrace::kGold, n(1'000));
  auto result = example.run();
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->traces.size(), 3U);
  EXPECT_TRUE(result->state.empty());
  EXPECT_TRUE(says(result->unsaved, "asset 1 leaves 256 bits within a swap"));
}

TEST(account_resume, interrupted__leaves_nothing_to_go_on_from) {
  Example example;
  for (int i = 0; i < 3'000; ++i) {
    example.events.add_transaction();
    example.events.add_row(SampleTrace::kThief, SampleTrace::kThief, SampleTrace::kGold, n(1));
  }
  std::atomic<bool> interrupt = true;
  example.options.interrupt = &interrupt;
  auto result = example.run();
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->traces.front().interrupted);
  EXPECT_TRUE(result->state.empty());
}

}  // namespace
}  // namespace tracehound::trace::accounts
