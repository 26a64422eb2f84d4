#include "clusters/part_writer.h"

#include <xxhash.h>

#include "base/check.h"

namespace tracehound::clusters {

namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20;

}  // namespace

void PartWriter::FreeState::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

PartWriter::PartWriter(FileSystem& files, std::string folder, const PartSpec& spec)
    : files_(&files),
      folder_(std::move(folder)),
      spec_(&spec),
      sum_(XXH3_createState()),
      buffer_(kBuffer) {
  CHECK(sum_ != nullptr);
  XXH3_64bits_reset(sum_.get());
}

PartWriter::PartWriter(PartWriter&&) noexcept = default;
PartWriter& PartWriter::operator=(PartWriter&&) noexcept = default;
PartWriter::~PartWriter() = default;

std::string PartWriter::path() const { return folder_ + "/" + std::string(spec_->file) + ".new"; }

Result<PartWriter> PartWriter::create(FileSystem& files, const std::string& folder,
                                      const PartSpec& spec) {
  PartWriter writer(files, folder, spec);
  TRY_ASSIGN(writer.file_, files.open_write(writer.path()));
  TRY(writer.file_->truncate(0));
  return writer;
}

void PartWriter::push_bytes(ByteView bytes) {
  flush();
  if (!status_) return;
  XXH3_64bits_update(sum_.get(), bytes.data(), bytes.size());
  status_ = file_->append(bytes);
}

void PartWriter::flush() {
  ByteView bytes(buffer_.data(), used_);
  used_ = 0;
  if (!status_ || bytes.empty()) return;
  XXH3_64bits_update(sum_.get(), bytes.data(), bytes.size());
  status_ = file_->append(bytes);
}

Result<std::unique_ptr<Mapping>> PartWriter::map() {
  flush();
  TRY(status_);
  return files_->map(path());
}

Status PartWriter::finish(Facts& facts) {
  flush();
  TRY(status_);
  if (file_->size() == 0) {
    facts.checksums[static_cast<std::size_t>(spec_->part)] = 0;
    return files_->remove(path());
  }
  TRY(file_->sync());
  facts.checksums[static_cast<std::size_t>(spec_->part)] = XXH3_64bits_digest(sum_.get());
  return files_->rename(path(), part_path(folder_, *spec_, facts));
}

}  // namespace tracehound::clusters
