#include "base/json.h"
#include "synth/output.h"
#include "synth/write.h"

namespace tracehound::synth {

Status write_summary(FileSystem& files, const std::string& path, const SynthOptions& options,
                     const SynthReport& report) {
  JsonWriter json;
  json.open_object();
  json.key("schema").value("tracehound.synth/1");
  json.key("options").open_object();
  json.key("blocks").value(options.blocks);
  json.key("seed").amount(options.seed);
  json.key("theft").value(name_of(options.theft));
  json.key("txs_per_block").value(options.txs_per_block);
  // Worlds of the first style are to the byte what they were before there were others.
  if (options.laundering != Style::mixed) {
    json.key("laundering").value(name_of(options.laundering));
  }
  json.close_object();
  json.key("made").open_object();
  json.key("blocks").value(report.blocks);
  json.key("transactions").value(report.transactions);
  json.key("inputs").value(report.inputs);
  json.key("outputs").value(report.outputs);
  json.key("addresses").value(report.addresses);
  json.key("block_files").value(report.block_files);
  json.key("block_bytes").value(report.block_bytes);
  json.key("theft_height").value(report.theft_height);
  json.key("stolen_coins").value(report.stolen_coins);
  json.key("stolen").amount(report.stolen);
  json.close_object();
  json.close_object();
  TRY_ASSIGN(OutFile out, OutFile::create(files, path));
  TRY(out.add(json.take()));
  return out.close();
}

}  // namespace tracehound::synth
