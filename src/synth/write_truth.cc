#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/parallel.h"
#include "synth/output.h"
#include "synth/write.h"

namespace tracehound::synth {

namespace {

// Puts commas between the items of a list, one item a line.
class Lines {
 public:
  explicit Lines(OutFile& out) : out_(out) {}
  Status add(const std::string& json) {
    TRY(out_.add(first_ ? "\n  " : ",\n  "));
    first_ = false;
    return out_.add(json);
  }

 private:
  OutFile& out_;
  bool first_ = true;
};

std::string parcels_json(std::span<const Parcel> parcels, std::span<const Seed> seeds) {
  std::string json = "[";
  for (const Parcel& parcel : parcels) {
    const Seed& seed = seeds[parcel.seed];
    json += fmt::format("{}{{\"coin\":\"{}\",\"amount\":\"{}\"}}", json.size() > 1 ? "," : "",
                        coin_text(seed.txid, seed.index), parcel.amount);
  }
  return json + "]";
}

std::string disposition_json(const World& world, const Disposition& disposition,
                             std::span<const Seed> seeds) {
  std::string json =
      fmt::format("{{\"kind\":\"{}\",\"coin\":\"{}\",\"address\":{},\"amount\":\"{}\"",
                  disposition.end == End::deposit ? "deposit" : "held",
                  coin_text(disposition.txid, disposition.index),
                  json_quote(text_of(world, disposition.address)), disposition.amount);
  if (disposition.end == End::deposit) {
    json += fmt::format(",\"height\":{},\"service\":{}", disposition.height,
                        disposition.service.number());
  }
  return json + ",\"from\":" + parcels_json(disposition.parcels, seeds) + "}";
}

Status add_theft(OutFile& out, const World& world, const Heist& heist,
                 const SynthOptions& options) {
  const ThiefBooks& books = heist.books();
  // Worlds of the first style are to the byte what they were before there were others.
  std::string style = options.laundering == Style::mixed
                          ? ""
                          : fmt::format("\"laundering\":\"{}\",", name_of(options.laundering));
  TRY(
      out.add(fmt::format("\"theft\":{{\"kind\":\"{}\",{}\"height\":{},\"stolen\":\"{}\",\n"
                          "\"coins\":[",
                          name_of(options.theft), style, heist.height(), books.stolen())));
  Lines coins(out);
  for (const Seed& seed : books.seeds()) {
    TRY(coins.add(fmt::format("{{\"coin\":\"{}\",\"address\":{},\"amount\":\"{}\",\"victim\":{}}}",
                              coin_text(seed.txid, seed.index),
                              json_quote(text_of(world, seed.address)), seed.value,
                              seed.victim.number())));
  }
  TRY(out.add("],\n\"dispositions\":["));
  Lines dispositions(out);
  Amount total = 0;
  for (const Disposition& disposition : books.dispositions()) {
    total += disposition.amount;
    TRY(dispositions.add(disposition_json(world, disposition, books.seeds())));
  }
  std::vector<Parcel> fees = books.fees();
  Amount fee_sum = 0;
  for (const Parcel& parcel : fees) fee_sum += parcel.amount;
  total += fee_sum;
  TRY(dispositions.add(fmt::format("{{\"kind\":\"fees\",\"amount\":\"{}\",\"from\":{}}}", fee_sum,
                                   parcels_json(fees, books.seeds()))));
  return out.add(fmt::format("],\n\"total\":\"{}\"}},\n", total));
}

// Address texts cost more than all else here, so they are made on all cores, a batch at a time.
Status add_addresses(OutFile& out, const World& world) {
  constexpr std::size_t kBatch = 1 << 16;
  constexpr std::size_t kSlice = 1 << 10;
  const AddressBook& book = world.book();
  std::vector<std::string> slices(kBatch / kSlice);
  for (std::size_t batch = 0; batch < book.size(); batch += kBatch) {
    std::size_t batch_end = std::min(batch + kBatch, book.size());
    std::size_t count = (batch_end - batch + kSlice - 1) / kSlice;
    parallel_for(count, [&](std::size_t slice) {
      std::string& text = slices[slice];
      text.clear();
      std::size_t first = batch + slice * kSlice;
      std::size_t end = std::min(first + kSlice, batch_end);
      for (std::size_t i = first; i < end; ++i) {
        AddressNo address(static_cast<std::uint32_t>(i));
        const Wallet& wallet = world.wallet(book.wallet(address));
        text += i == 0 ? "\n  [\"" : ",\n  [\"";
        text += text_of(world, address);
        text += "\",";
        text += std::to_string(wallet.owner().number());
        text += ",\"";
        text += name_of(wallet.role());
        text += "\"]";
      }
    });
    for (std::size_t slice = 0; slice < count; ++slice) TRY(out.add(slices[slice]));
  }
  return {};
}

}  // namespace

Status write_truth(FileSystem& files, const std::string& path, const World& world,
                   const Heist* heist, const SynthOptions& options) {
  TRY_ASSIGN(OutFile out, OutFile::create(files, path));
  TRY(
      out.add(fmt::format("{{\"schema\":\"tracehound.synth.truth/1\",\"chain\":\"{}\","
                          "\"seed\":\"{}\",\"blocks\":{},\n\"owners\":[",
                          world.network().chain, options.seed, options.blocks)));
  Lines owners(out);
  std::uint32_t id = 0;
  for (const Owner& owner : world.owners()) {
    std::string actor =
        owner.actor.empty() ? "" : fmt::format(",\"actor\":{}", json_quote(owner.actor));
    TRY(owners.add(fmt::format("{{\"id\":{},\"kind\":\"{}\",\"name\":{}{}}}", id++,
                               name_of(owner.kind), json_quote(owner.name), actor)));
  }
  TRY(out.add("],\n"));
  if (heist != nullptr) TRY(add_theft(out, world, *heist, options));
  TRY(out.add("\"mixes\":["));
  Lines mixes(out);
  for (const Mix& mix : world.mixes()) {
    TRY(mixes.add(fmt::format("{{\"txid\":\"{}\",\"thief\":{}}}", mix.txid.text(), mix.thief)));
  }
  TRY(out.add("],\n\"addresses\":["));
  TRY(add_addresses(out, world));
  TRY(out.add("]}\n"));
  return out.close();
}

}  // namespace tracehound::synth
