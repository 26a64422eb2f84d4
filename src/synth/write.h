// The texts beside the block files. README.md gives their schemas.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "synth/synth.h"
#include "synth/theft.h"
#include "synth/world.h"

namespace tracehound::synth {

// Addresses that services are publicly known by, as a GraphSense TagPack.
Status write_tags(FileSystem& files, const std::string& path, const World& world);
// What the victims would report: the stolen coins.
Status write_incident(FileSystem& files, const std::string& path, const World& world,
                      const Heist& heist, Theft theft);
// Who owns what and where the loot truly went. `heist` is nullptr in a world without a theft.
Status write_truth(FileSystem& files, const std::string& path, const World& world,
                   const Heist* heist, const SynthOptions& options);
// The options and the counts. Written last: a folder that has it is whole.
Status write_summary(FileSystem& files, const std::string& path, const SynthOptions& options,
                     const SynthReport& report);

// As people write the address.
std::string text_of(const World& world, AddressNo address);
// "txid:vout"
std::string coin_text(const Hash256& txid, std::uint32_t index);

}  // namespace tracehound::synth
