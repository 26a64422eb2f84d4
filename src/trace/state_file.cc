#include "trace/state_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracehound::trace {

namespace {

constexpr std::string_view kMagic = "THTRACE";
constexpr Byte kVersion = 3;  // raised whenever a byte changes meaning
constexpr std::size_t kChecksum = sizeof(std::uint64_t);
constexpr std::size_t kLongestChain = 64;  // bytes of its name

std::unexpected<Error> refused(std::string_view what) {
  return bad_input(
      fmt::format("the saved trace {}; ask as it was saved, or trace again from the seeds", what));
}

std::string_view ledger_of(StateKind kind) {
  return kind == StateKind::coins ? "a coin ledger" : "an account ledger";
}

std::string_view other_options(StateKind kind) {
  return kind == StateKind::coins
             ? "has other cuts or another fee rule, or not the steps that --html, --flow, "
               "--graphml and --columns need"
             : "has other cuts, prices or --swaps, or not the steps that --html, --flow and "
               "--graphml need";
}

// Behind the magic and the version. The reader fails where there is no head.
StateHead read_head(ByteReader& in) {
  StateHead head;
  head.kind = static_cast<StateKind>(in.number<std::uint8_t>());
  head.height = in.number<std::uint64_t>();
  ByteView block = in.take(sizeof(Hash256));
  auto size = in.number<std::uint32_t>();
  if (head.kind > StateKind::accounts || size > kLongestChain) in.fail();
  ByteView chain = in.take(size);
  for (auto* part : {&head.seeds, &head.methods, &head.stops, &head.options}) {
    *part = in.number<std::uint64_t>();
  }
  if (!in.ok()) return {};
  head.block = Hash256::from_bytes(block);
  head.chain.assign(chain.begin(), chain.end());
  return head;
}

}  // namespace

std::uint64_t read_count(ByteReader& in, std::size_t width) {
  auto count = in.number<std::uint64_t>();
  if (count > in.remaining() / width) in.fail();
  return in.ok() ? count : 0;
}

void put_head(StateWriter& out, const StateHead& head) {
  out.bytes(as_bytes(kMagic));
  out.number(kVersion);
  out.number(head.kind);
  out.number(head.height);
  out.bytes(head.block.view());
  out.number(static_cast<std::uint32_t>(head.chain.size()));
  out.bytes(as_bytes(head.chain));
  for (std::uint64_t part : {head.seeds, head.methods, head.stops, head.options}) out.number(part);
}

Result<OpenState> open_state(ByteView state, StateKind kind, std::string_view chain,
                             std::uint64_t up_to) {
  if (state.size() <= kChecksum) return broken_state();
  ByteView content = state.first(state.size() - kChecksum);
  if (load_le<std::uint64_t>(state.data() + content.size()) != xxh3(content)) return broken_state();
  ByteReader in(content);
  ByteView magic = in.take(kMagic.size());
  if (!std::ranges::equal(magic, as_bytes(kMagic))) return broken_state();
  auto version = in.number<Byte>();
  if (in.ok() && version != kVersion) {
    return bad_input(fmt::format(
        "the saved trace is of format {}, and this program reads {}; trace again from the seeds",
        version, kVersion));
  }
  StateHead head = read_head(in);
  if (!in.ok()) return broken_state();
  if (head.kind != kind) {
    return refused(fmt::format("is of {}, and this is {}", ledger_of(head.kind), ledger_of(kind)));
  }
  if (head.chain != chain) {
    return refused(fmt::format("is of {}, the ledger holds {}", head.chain, chain));
  }
  if (head.height > up_to) {
    return bad_input(fmt::format(
        "the saved trace has come to height {}, past the height {} to trace up to; ingest further, "
        "or trace again from the seeds",
        head.height, up_to));
  }
  return OpenState{std::move(head), content.subspan(in.position())};
}

Status check_same(const StateHead& saved, const StateHead& asked) {
  if (saved.height != asked.height || saved.block != asked.block) return no_such_block(saved);
  if (saved.seeds != asked.seeds) return refused("began at other seeds, or called them otherwise");
  if (saved.methods != asked.methods) return refused("is by other methods");
  if (saved.stops != asked.stops) return refused("has other stops");
  if (saved.options != asked.options) return refused(other_options(saved.kind));
  return {};
}

std::unexpected<Error> no_such_block(const StateHead& saved) {
  std::string which = saved.kind == StateKind::coins ? fmt::format(", {}", saved.block.text()) : "";
  return refused(
      fmt::format("stands on a block {} that is no longer the ledger's{}", saved.height, which));
}

std::unexpected<Error> broken_state() {
  return bad_input("the saved trace is damaged or no saved trace; trace again from the seeds");
}

}  // namespace tracehound::trace
