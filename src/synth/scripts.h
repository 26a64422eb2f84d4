// Output scripts, and unlocking data of the right shape and length. Signatures are random bytes in
// DER dress: a reader takes them, a validating node would not, and nothing here can spend a coin of
// any real chain.
#pragma once

#include "base/bytes.h"
#include "synth/address_book.h"
#include "synth/prng.h"
#include "synth/types.h"

namespace tracehound::synth {

// Upper bounds, in bytes, of what the writers below put down.
inline constexpr std::size_t kOutputScriptMax = 71;
inline constexpr std::size_t kScriptSigMax = 107;
inline constexpr std::size_t kWitnessMax = 255;

bool has_witness(Form form);

// Each writes at `to` and returns the size.
std::size_t write_output_script(const AddressBook& book, AddressNo address, Byte* to);
std::size_t write_note_script(Prng& prng, Byte* to);  // OP_RETURN and 20 bytes
std::size_t write_script_sig(AddressBook& book, AddressNo address, Prng& prng, Byte* to);
// The input's witness with its item count; one zero byte for a form without.
std::size_t write_witness(const AddressBook& book, AddressNo address, Prng& prng, Byte* to);

// What a wallet reckons with before it signs (signatures at their longest), in weight units. An
// input's includes its outpoint and sequence, an output's its value and lengths.
std::uint64_t input_weight(Form form);
std::uint64_t output_weight(Form form);
// Version, counts, locktime, witness marker.
inline constexpr std::uint64_t kFrameWeight = 4 * 10 + 2;
inline constexpr std::uint64_t kNoteWeight = 4 * 31;

}  // namespace tracehound::synth
