#include "synth/block_builder.h"

#include <algorithm>

#include "base/check.h"
#include "base/merkle.h"
#include "chains/bitcoin/block.h"
#include "synth/scripts.h"

namespace tracehound::synth {

namespace {

constexpr std::uint32_t kBlockVersion = 0x2000'0000;
constexpr std::uint32_t kTransactionVersion = 2;
constexpr std::size_t kRecordHead = 8;  // magic and length
constexpr std::size_t kOutputMax = 8 + 1 + kOutputScriptMax;
constexpr std::size_t kInputMax = 32 + 4 + 1 + kScriptSigMax + 4;

template <typename Number>
Byte* put_number(Byte* to, Number number) {
  store_le(to, number);
  return to + sizeof number;
}

Byte* put_bytes(Byte* to, ByteView bytes) { return std::copy(bytes.begin(), bytes.end(), to); }

Byte* put_count(Byte* to, std::size_t count) {
  if (count < 0xFD) {
    *to = static_cast<Byte>(count);
    return to + 1;
  }
  if (count <= 0xFFFF) {
    *to = 0xFD;
    return put_number(to + 1, static_cast<std::uint16_t>(count));
  }
  *to = 0xFE;
  return put_number(to + 1, static_cast<std::uint32_t>(count));
}

// The height as BIP 34 wants it at the front of the coinbase script: a minimal script number.
Byte* put_height(Byte* to, std::uint32_t height) {
  if (height <= 16) {
    *to = static_cast<Byte>(0x50 + height);
    return to + 1;
  }
  Byte* length = to++;
  while (height > 0) {
    *to++ = static_cast<Byte>(height);
    height >>= 8;
  }
  if ((to[-1] & 0x80) != 0) *to++ = 0;  // else it would read as negative
  *length = static_cast<Byte>(to - length - 1);
  return to;
}

}  // namespace

void BlockBuilder::start(std::uint32_t height) {
  height_ = height;
  used_ = 0;
  txids_.assign(1, Hash256{});
  wtxids_.assign(1, Hash256{});
  weight_ = 0;
  fees_ = 0;
}

Byte* BlockBuilder::put_inputs(const Draft& draft, Byte* to) {
  std::uint32_t sequence = draft.replaceable ? 0xFFFF'FFFD
                           : draft.locked    ? 0xFFFF'FFFE
                                             : 0xFFFF'FFFF;
  to = put_count(to, draft.inputs.size());
  for (CoinNo number : draft.inputs) {
    const Coin& coin = coins_[number];
    to = put_bytes(to, coin.txid.view());
    to = put_number(to, coin.index);
    // Every script here is shorter than 253 bytes, so its length is one byte.
    Byte* length = to++;
    std::size_t size = write_script_sig(book_, coin.address, prng_, to);
    *length = static_cast<Byte>(size);
    to = put_number(to + size, sequence);
  }
  return to;
}

Byte* BlockBuilder::put_outputs(std::span<const Output> outputs, Byte* to) {
  for (const Output& output : outputs) {
    to = put_number(to, output.value);
    Byte* length = to++;
    std::size_t size = output.address == kNoAddress
                           ? write_note_script(prng_, to)
                           : write_output_script(book_, output.address, to);
    *length = static_cast<Byte>(size);
    to += size;
  }
  return to;
}

Hash256 BlockBuilder::add(const Draft& draft) {
  Amount in = 0;
  Amount out = 0;
  bool witness = false;
  for (CoinNo coin : draft.inputs) {
    in += coins_[coin].value;
    witness |= has_witness(book_.form(coins_[coin].address));
  }
  for (const Output& output : draft.outputs) out += output.value;
  CHECK(!draft.inputs.empty() && !draft.outputs.empty() && in >= out);

  std::size_t core_max = 32 + draft.inputs.size() * kInputMax + draft.outputs.size() * kOutputMax;
  std::size_t whole_max = core_max + draft.inputs.size() * kWitnessMax;
  if (core_.size() < core_max) core_.resize(2 * core_max);
  if (body_.size() < used_ + whole_max) body_.resize(2 * (used_ + whole_max));

  Byte* at = put_number(core_.data(), kTransactionVersion);
  at = put_inputs(draft, at);
  at = put_count(at, draft.outputs.size());
  at = put_outputs(draft.outputs, at);
  at = put_number(at, draft.locked ? height_ - 1 : 0U);
  ByteView core(core_.data(), at);
  Hash256 txid = hasher_.sha256d(core);

  Byte* start = body_.data() + used_;
  Byte* to = start;
  if (witness) {
    to = put_bytes(to, core.first(4));
    *to++ = 0;  // marker
    *to++ = 1;  // flag
    to = put_bytes(to, core.subspan(4, core.size() - 8));
    for (CoinNo coin : draft.inputs) to += write_witness(book_, coins_[coin].address, prng_, to);
    to = put_bytes(to, core.last(4));
  } else {
    to = put_bytes(to, core);
  }
  auto size = static_cast<std::size_t>(to - start);
  CHECK(core.size() <= core_max && size <= whole_max);
  txids_.push_back(txid);
  wtxids_.push_back(witness ? hasher_.sha256d(ByteView(start, size)) : txid);
  used_ += size;
  weight_ += 3 * core.size() + size;
  fees_ += in - out;
  return txid;
}

Bytes BlockBuilder::coinbase_bytes(const BlockFrame& frame, Hash256& txid) {
  CHECK(frame.miner.size() <= 40);
  Bytes bytes(256 + frame.payout.size() * kOutputMax);
  Byte* at = put_number(bytes.data(), kTransactionVersion);
  *at++ = 0;  // marker
  *at++ = 1;  // flag
  Byte* core_start = at;
  *at++ = 1;  // one input, the null coin
  at = std::fill_n(at, 32, Byte{0});
  at = put_number(at, 0xFFFF'FFFFU);
  Byte* length = at++;
  at = put_height(at, frame.height);
  *at++ = 8;
  at = put_number(at, prng_.next());
  *at++ = static_cast<Byte>(frame.miner.size());
  at = put_bytes(at, as_bytes(frame.miner));
  *length = static_cast<Byte>(at - length - 1);
  at = put_number(at, 0xFFFF'FFFFU);

  at = put_count(at, frame.payout.size() + 1);
  at = put_outputs(frame.payout, at);
  // The witness commitment: the root of the witness ids and the reserved value in the witness.
  std::array<Byte, 64> committed{};
  put_bytes(committed.data(), merkle_root(wtxids_, hasher_).root.view());
  constexpr std::array<Byte, 6> kCommitmentMark = {0x6A, 0x24, 0xAA, 0x21, 0xA9, 0xED};
  at = put_number(at, Amount{0});
  *at++ = kCommitmentMark.size() + 32;
  at = put_bytes(at, kCommitmentMark);
  at = put_bytes(at, hasher_.sha256d(committed).view());
  Byte* core_end = at;

  *at++ = 1;  // one witness item: the reserved value
  *at++ = 32;
  at = std::fill_n(at, 32, Byte{0});
  at = put_number(at, 0U);  // locktime
  bytes.resize(static_cast<std::size_t>(at - bytes.data()));

  hasher_.start();
  hasher_.add(ByteView(bytes).first(4));
  hasher_.add(ByteView(core_start, core_end));
  hasher_.add(ByteView(bytes).last(4));
  txid = hasher_.finish_double();
  return bytes;
}

MinedBlock BlockBuilder::mine(const BlockFrame& frame, Bytes& record) {
  MinedBlock mined;
  std::size_t transactions = txids_.size();
  Bytes coinbase = coinbase_bytes(frame, mined.coinbase);
  txids_[0] = mined.coinbase;

  std::array<Byte, chains::bitcoin::kHeaderSize> header;
  Byte* at = put_number(header.data(), kBlockVersion);
  at = put_bytes(at, frame.previous.view());
  at = put_bytes(at, merkle_root(txids_, hasher_).root.view());
  at = put_number(at, frame.time);
  at = put_number(at, network_.easiest_bits);
  for (std::uint32_t nonce = 0;; ++nonce) {
    store_le(at, nonce);
    if (chains::bitcoin::check_proof_of_work(network_, header)) break;
    CHECK(nonce < 1'000'000);  // every second nonce will do
  }
  mined.hash = hasher_.sha256d(header);

  std::array<Byte, 5> count;
  auto count_size = static_cast<std::size_t>(put_count(count.data(), transactions) - count.data());
  std::size_t size = header.size() + count_size + coinbase.size() + used_;
  std::size_t from = record.size();
  record.resize(from + kRecordHead + size);
  Byte* to = put_number(record.data() + from, network_.magic);
  to = put_number(to, static_cast<std::uint32_t>(size));
  to = put_bytes(to, header);
  to = put_bytes(to, ByteView(count).first(count_size));
  to = put_bytes(to, coinbase);
  put_bytes(to, ByteView(body_).first(used_));
  return mined;
}

}  // namespace tracehound::synth
