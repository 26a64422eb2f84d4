// Problem: read a transaction once, front to back, and learn its id, inputs, outputs and shape.
// Layout: version 4 | [marker 0, flag] | inputs | outputs | [witnesses] | [MWEB byte] | locktime 4.
// Method: each part leaves its rows behind as it is read; the id is hashed straight from the
// buffer, where all that it covers (version, inputs and outputs, locktime) lies in one piece or,
// with a flag, in three. Nothing is copied but the rows themselves. Cost: one pass, one double
// SHA-256 of the stripped bytes, and what the outputs' classes cost. Source: BIP 141, BIP 144;
// Litecoin 0.21's src/primitives/transaction.h for the MWEB flag.
#include "chains/bitcoin/transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chains/bitcoin/script.h"
#include "chains/bitcoin/wire.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;

constexpr std::size_t kOutpointSize = 36;
constexpr std::size_t kLeastInput = kOutpointSize + 1 + 4;
constexpr std::size_t kLeastOutput = 8 + 1;
constexpr std::size_t kMarkerAndFlag = 2;

constexpr Byte kWitnessFlag = 1;
constexpr Byte kMwebFlag = 8;

constexpr std::uint32_t kLargestReplaceableSequence = 0xFFFF'FFFD;  // BIP 125
constexpr std::uint32_t kNullIndex = 0xFFFF'FFFF;

// Takes a copy, for the reader itself to stay in registers (wire.h).
std::string fault_of(WireReader wire) { return wire.fault(); }

bool is_null(const ledger::Outpoint& outpoint) {
  return outpoint.index == kNullIndex && outpoint.txid == Hash256{};
}

class TransactionParser {
 public:
  TransactionParser(const Network& network, WireReader& wire, Hasher& hasher,
                    ledger::BlockRows& rows)
      : network_(network),
        wire_(wire),
        hasher_(hasher),
        rows_(rows),
        first_wrapper_(rows.wrappers.size()) {}

  Result<ParsedTransaction> parse() {
    std::size_t start = wire_.position();
    version_ = wire_.number<std::uint32_t>();
    TRY(read_flags());
    body_ = wire_.position();
    TRY(read_inputs());
    TRY(read_outputs());
    body_end_ = wire_.position();
    if (flags_ & kWitnessFlag) TRY(read_witnesses());
    witness_end_ = wire_.position();
    if (flags_ & kMwebFlag) TRY(read_mweb());
    locktime_ = wire_.number<std::uint32_t>();
    if (!wire_.ok()) return bad_input(wire_.fault());
    // Marker and flag, witnesses and what follows them are left out of the id.
    std::size_t end = wire_.position();
    if (flags_ == 0) {
      parsed_.id_pieces[0] = wire_.between(start, end);
    } else {
      parsed_.id_pieces = {wire_.between(start, start + 4), wire_.between(body_, body_end_),
                           wire_.between(end - 4, end)};
    }
    row_.shape = shape();
    rows_.transactions.push_back(row_);
    return parsed_;
  }

 private:
  // A first byte of 0 where the number of inputs stands marks a flag byte after it.
  Status read_flags() {
    std::size_t at = wire_.position();
    if (wire_.peek() != 0) return {};
    wire_.number<Byte>();
    flags_ = wire_.number<Byte>();
    if (!wire_.ok()) return bad_input(wire_.fault());
    if (flags_ == 0) return bad_input(fmt::format("has no inputs at byte {}", at));
    Byte known = network_.mweb ? kWitnessFlag | kMwebFlag : kWitnessFlag;
    if (flags_ & ~known) {
      return bad_input(fmt::format("has the unknown flag {:#04x} at byte {}", flags_, at + 1));
    }
    return {};
  }

  Status read_inputs() {
    WireReader wire = wire_;
    std::size_t count_at = wire.position();
    std::uint64_t count = wire.count(kLeastInput);
    if (!wire.ok()) return bad_input(fault_of(wire));
    if (count == 0) return bad_input(fmt::format("has no inputs at byte {}", count_at));
    for (std::uint64_t i = 0; i < count; ++i) {
      std::size_t at = wire.position();
      ledger::Outpoint outpoint;
      ByteView place = wire.take(kOutpointSize);
      ByteView script = wire.counted_bytes();
      auto sequence = wire.number<std::uint32_t>();
      if (!wire.ok()) return bad_input(fmt::format("input {} {}", i, fault_of(wire)));
      std::memcpy(outpoint.txid.bytes.data(), place.data(), 32);
      outpoint.index = load_le<std::uint32_t>(place.data() + 32);
      replaceable_ |= sequence <= kLargestReplaceableSequence;
      if (is_null(outpoint)) [[unlikely]] {
        if (count > 1) {
          return bad_input(fmt::format("input {} at byte {} is null beside others", i, at));
        }
        parsed_.coinbase = true;
        wire_ = wire;
        return {};
      }
      if (!script.empty()) add_redeem_script(script);
      rows_.inputs.push_back(outpoint);
    }
    wire_ = wire;
    row_.inputs = static_cast<std::uint32_t>(count);
    return {};
  }

  Status read_outputs() {
    WireReader wire = wire_;
    std::size_t count_at = wire.position();
    std::uint64_t count = wire.count(kLeastOutput);
    if (!wire.ok()) return bad_input(fault_of(wire));
    if (count == 0) return bad_input(fmt::format("has no outputs at byte {}", count_at));
    Amount sum = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      std::size_t at = wire.position();
      auto value = wire.number<Amount>();
      ByteView script = wire.counted_bytes();
      if (!wire.ok()) return bad_input(fmt::format("output {} {}", i, fault_of(wire)));
      if (value > network_.max_money) return too_much(i, at, "pays", value);
      sum += value;
      if (sum > network_.max_money) return too_much(i, at, "brings the sum of outputs to", sum);
      add_output(value, script);
    }
    store_payloads();
    wire_ = wire;
    row_.outputs = static_cast<std::uint32_t>(count);
    return {};
  }

  std::unexpected<Error> too_much(std::uint64_t output, std::size_t at, std::string_view does,
                                  Amount amount) const {
    return bad_input(fmt::format("output {} at byte {} {} {}, more than the {} there can ever be",
                                 output, at, does, amount, network_.max_money));
  }

  void add_output(Amount value, ByteView script) {
    ScriptForm pays = classify_script(script, hasher_, payloads_.data() + payloads_size_);
    rows_.outputs.push_back({
        .value = value,
        .script = pays.script,
        .address_kind = pays.address,
        .payload_size = pays.payload_size,
        .payload_start = add_payload(pays.payload_size),
    });
  }

  // What the input of the next row of inputs shows, if its coin is pay-to-script-hash.
  void add_redeem_script(ByteView input_script) {
    auto script = script_shown_by(input_script);
    if (!script) return;
    ScriptClass wrapped = classify_script(*script, hasher_);
    if (!can_be_wrapped(AddressKind::script_hash, wrapped.script)) return;
    Hash160 hash = hasher_.hash160(*script);
    add_wrapper(rows_.inputs.size(), AddressKind::script_hash, hash.view(), wrapped);
  }

  // What an input's witness shows. `redeem` is the first row of a redeem script that may be this
  // input's: of one that is a witness script's hash, this may be the script.
  void add_witness_script(std::size_t input, ByteView script, std::size_t& redeem,
                          std::size_t redeem_end) {
    while (redeem < redeem_end && rows_.wrappers[redeem].input < input) ++redeem;
    bool nested = redeem < redeem_end && rows_.wrappers[redeem].input == input;
    if (nested && rows_.wrappers[redeem].address_kind != AddressKind::witness_script_hash) return;
    ScriptClass wrapped = classify_script(script, hasher_);
    if (!can_be_wrapped(AddressKind::witness_script_hash, wrapped.script)) return;
    Hash256 program = hasher_.sha256(script);
    if (nested && !std::ranges::equal(rows_.payload(rows_.wrappers[redeem]), program.view()))
      return;
    add_wrapper(input, AddressKind::witness_script_hash, program.view(), wrapped);
    if (!nested) return;
    rows_.wrappers.back().inside = static_cast<std::uint32_t>(redeem);
    rows_.wrappers[redeem].wraps_a_wrapper = true;
  }

  void add_wrapper(std::size_t input, AddressKind kind, ByteView payload,
                   const ScriptClass& wrapped) {
    ledger::WrapperRow row;
    row.transaction = static_cast<std::uint32_t>(rows_.transactions.size());
    row.input = static_cast<std::uint32_t>(input);
    row.wrapper_kind = kind;
    row.wrapper_size = static_cast<std::uint8_t>(payload.size());
    std::ranges::copy(payload, payloads_.data() + payloads_size_);
    row.wrapper_start = add_payload(payload.size());
    row.address_kind = wrapped.address;
    row.payload_size = wrapped.payload_size;
    std::ranges::copy(wrapped.payload_view(), payloads_.data() + payloads_size_);
    row.payload_start = add_payload(wrapped.payload_size);
    rows_.wrappers.push_back(row);
  }

  // Keeps what stands in the buffer's free part; returns where it will stand in the rows.
  std::uint32_t add_payload(std::size_t size) {
    auto start = static_cast<std::uint32_t>(rows_.payloads.size() + payloads_size_);
    payloads_size_ += size;
    if (payloads_size_ + kPayloadMax > payloads_.size()) store_payloads();
    return start;
  }

  void store_payloads() {
    rows_.payloads.insert(rows_.payloads.end(), payloads_.begin(),
                          payloads_.begin() + static_cast<std::ptrdiff_t>(payloads_size_));
    payloads_size_ = 0;
  }

  Status read_witnesses() {
    WireReader wire = wire_;
    std::size_t start = wire.position();
    bool empty = true;
    std::uint64_t inputs = parsed_.coinbase ? 1 : row_.inputs;
    std::size_t first_input = rows_.inputs.size() - row_.inputs;
    std::size_t redeem = first_wrapper_;
    std::size_t redeem_end = rows_.wrappers.size();
    for (std::uint64_t i = 0; i < inputs; ++i) {
      std::uint64_t items = wire.count(1);
      empty &= items == 0;
      ByteView last;
      for (std::uint64_t item = 0; item < items && wire.ok(); ++item) last = wire.counted_bytes();
      if (!wire.ok()) return bad_input(fmt::format("witness {} {}", i, fault_of(wire)));
      if (parsed_.coinbase) continue;
      if (auto script = script_shown_by(items, last)) {
        add_witness_script(first_input + i, *script, redeem, redeem_end);
      }
    }
    store_payloads();
    wire_ = wire;
    if (empty) return bad_input(fmt::format("has a witness flag but no witness at byte {}", start));
    return {};
  }

  // 0: no MWEB transaction, which marks the HogEx. 1: one follows, as between nodes, never in a
  // block.
  Status read_mweb() {
    std::size_t at = wire_.position();
    Byte body = wire_.number<Byte>();
    if (!wire_.ok()) return bad_input(wire_.fault());
    if (body != 0) {
      return bad_input(
          fmt::format("carries an MWEB transaction at byte {}, which no block may hold", at));
    }
    parsed_.hogex = true;
    return {};
  }

  std::uint32_t shape() const {
    std::size_t stripped = 4 + (body_end_ - body_) + 4;
    std::size_t total = stripped;
    bool witness = flags_ & kWitnessFlag;
    if (witness) total += kMarkerAndFlag + (witness_end_ - body_end_);
    std::size_t weight = std::min<std::size_t>(3 * stripped + total, ledger::shape::kWeightMask);
    auto shape = static_cast<std::uint32_t>(weight);
    if (locktime_ != 0) shape |= ledger::shape::kLocktime;
    if (replaceable_) shape |= ledger::shape::kReplaceable;
    if (witness) shape |= ledger::shape::kWitness;
    if (version_ <= 3) shape |= version_ << ledger::shape::kVersionShift;
    return shape;
  }

  const Network& network_;
  WireReader& wire_;
  Hasher& hasher_;
  ledger::BlockRows& rows_;

  std::uint32_t version_ = 0;
  Byte flags_ = 0;
  std::size_t body_ = 0;  // inputs and outputs
  std::size_t body_end_ = 0;
  std::size_t witness_end_ = 0;
  std::uint32_t locktime_ = 0;
  bool replaceable_ = false;
  ledger::TxRow row_;
  ParsedTransaction parsed_;

  // Payloads of the outputs read so far, until there are enough to be worth a call.
  std::array<Byte, 1024> payloads_;
  std::size_t payloads_size_ = 0;
  std::size_t first_wrapper_;  // of this transaction's rows
};

}  // namespace

Result<ParsedTransaction> parse_transaction_without_id(const Network& network, WireReader& wire,
                                                       Hasher& hasher, ledger::BlockRows& into) {
  std::size_t inputs = into.inputs.size();
  std::size_t outputs = into.outputs.size();
  std::size_t payloads = into.payloads.size();
  std::size_t wrappers = into.wrappers.size();
  auto parsed = TransactionParser(network, wire, hasher, into).parse();
  if (!parsed) {
    into.inputs.resize(inputs);
    into.outputs.resize(outputs);
    into.payloads.resize(payloads);
    into.wrappers.resize(wrappers);
  }
  return parsed;
}

Result<ParsedTransaction> parse_transaction(const Network& network, ByteReader& reader,
                                            Hasher& hasher, ledger::BlockRows& into) {
  CHECK(reader.position() + reader.remaining() <= kMaxBlockSize);
  ByteReader ahead = reader;
  ByteView rest = ahead.take(ahead.remaining());
  std::size_t start = reader.position();
  WireReader wire({rest.data() - start, start + rest.size()}, start);
  auto parsed = parse_transaction_without_id(network, wire, hasher, into);
  if (parsed) {
    HashTask task{parsed->id_pieces, &into.transactions.back().txid};
    hasher.sha256d_each({&task, 1});
    reader.take(wire.position() - start);
  }
  return parsed;
}

}  // namespace tracehound::chains::bitcoin
