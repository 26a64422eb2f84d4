#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "synth/output.h"
#include "synth/write.h"

namespace tracehound::synth {

namespace {

// "2024-01-02T15:11:47Z"
std::string iso_date(std::uint32_t seconds) {
  std::string text = utc_text(seconds);
  text[text.find(' ')] = 'T';
  return text + "Z";
}

}  // namespace

Status write_incident(FileSystem& files, const std::string& path, const World& world,
                      const Heist& heist, Theft theft) {
  std::map<OwnerNo, Amount> victims;
  for (const Seed& seed : heist.books().seeds()) victims[seed.victim] += seed.value;

  TRY_ASSIGN(OutFile out, OutFile::create(files, path));
  TRY(
      out.add(fmt::format("name: simulated {} theft\n"
                          "kind: {}\n"
                          "date: '{}'\n"
                          "chain: {}\n"
                          "height: {}\n"
                          "amount: '{}'\n"
                          "sources:\n"
                          "- simulated\n"
                          "victims:\n",
                          name_of(theft), name_of(theft), iso_date(heist.time()),
                          world.network().chain, heist.height(), heist.books().stolen())));
  for (const auto& [victim, amount] : victims) {
    TRY(out.add(
        fmt::format("- name: {}\n  amount: '{}'\n", world.owners()[victim.number()].name, amount)));
  }
  TRY(out.add("seeds:\n"));
  for (const Seed& seed : heist.books().seeds()) {
    TRY(out.add(fmt::format("- coin: {}\n  amount: '{}'\n  address: {}\n  victim: {}\n",
                            coin_text(seed.txid, seed.index), seed.value,
                            text_of(world, seed.address),
                            world.owners()[seed.victim.number()].name)));
  }
  return out.close();
}

}  // namespace tracehound::synth
