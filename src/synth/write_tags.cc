#include <fmt/format.h>

#include "chains/bitcoin/address.h"
#include "synth/output.h"
#include "synth/write.h"

namespace tracehound::synth {

std::string text_of(const World& world, AddressNo address) {
  const AddressBook& book = world.book();
  return chains::bitcoin::address_text(world.network(), book.kind(address), book.payload(address));
}

std::string coin_text(const Hash256& txid, std::uint32_t index) {
  return fmt::format("{}:{}", txid.text(), index);
}

Status write_tags(FileSystem& files, const std::string& path, const World& world) {
  TRY_ASSIGN(OutFile out, OutFile::create(files, path));
  TRY(
      out.add("title: Services of a simulated chain\n"
              "creator: tracehound synth\n"
              "description: >-\n"
              "  Addresses by which invented businesses of a simulated regtest chain are known.\n"
              "  They mean nothing on any real chain.\n"
              "currency: BTC\n"
              "network: regtest\n"
              "source: simulated\n"
              "confidence: service_data\n"
              "lastmod: 2024-01-01\n"
              "tags:\n"));
  for (const KnownAddress& known : world.known()) {
    const Owner& owner = world.owners()[known.owner.number()];
    Role role = world.wallet(world.book().wallet(known.address)).role();
    std::string purpose = role == Role::deposit ? "deposit address"
                          : role == Role::own   ? "payout address"
                                                : fmt::format("{} wallet", name_of(role));
    TRY(
        out.add(fmt::format("- address: {}\n"
                            "  label: {} {}\n"
                            "  category: {}\n"
                            "  actor: {}\n"
                            "  is_cluster_definer: {}\n",
                            text_of(world, known.address), owner.name, purpose, name_of(owner.kind),
                            owner.actor, role != Role::deposit)));
  }
  return out.close();
}

}  // namespace tracehound::synth
